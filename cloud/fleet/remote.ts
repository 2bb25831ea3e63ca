import { randomUUID } from 'node:crypto';
import {
  COMMAND_GOOD_MS,
  type Command,
  type CommandAnswer,
  type ConfigurationAnswer,
  type Heartbeat,
  type Message,
  type NameOf,
} from '@gatehouse/protocol';
import { EntranceConfiguration } from '@gatehouse/provisioning';
import type { Kysely } from 'kysely';
import type { Clock, Log } from '../ports.ts';
import type { Database } from '../store/index.ts';
import { noteApplied, noteRefused, replaceConfiguration } from './configuration-store.ts';
import { fleetError } from './errors.ts';
import { findGateway, fleetTablesOf, type GatewayTable } from './store.ts';

/** Commands that wait for their answer at once. */
export const COMMANDS_MAX = 100;
/** A configuration that was not answered is sent again so often. */
export const PUSH_AGAIN_MS = 15_000;

export type ConfigurationChange = Omit<EntranceConfiguration, 'version' | 'venue'> & {
  /** The version that it was made from. */
  readonly version: number;
};

/** Tells gateways what to be and what to do, and hears what became of it. */
export interface Remote {
  /** A session has begun, or its gateway was accepted: it gets what it does not run. */
  greet(gateway: string): Promise<void>;
  heard(gateway: string, beat: Heartbeat): void;
  configured(gateway: string, answer: ConfigurationAnswer): Promise<void>;
  commanded(gateway: string, answer: CommandAnswer): void;
  /**
   * @returns the new version
   * @throws `gateway-unknown`, `configuration-outdated`, `configuration-lanes-differ`
   */
  configure(gateway: string, change: ConfigurationChange): Promise<number>;
  /** @throws `gateway-away`, `commands-full` */
  command(gateway: string, what: Pick<Command, 'do' | 'lane' | 'by'>): Promise<CommandAnswer>;
  stop(): void;
}

export interface RemoteParts {
  readonly db: Kysely<Database>;
  readonly clock: Clock;
  readonly log: Log;
  isAccepted(gateway: string): boolean;
  isLive(gateway: string): boolean;
  /** Where lanes are has changed on disk. */
  changed(gateway: GatewayTable): void;
  send<N extends NameOf<'down'>>(gateway: string, name: N, message: Message<'down', N>): void;
}

export function createRemote(parts: RemoteParts): Remote {
  const { clock, log } = parts;
  const db = fleetTablesOf(parts.db);
  const waiting = new Map<string, (answer: CommandAnswer) => void>();
  /** By gateway: the version it says it runs, and when it was sent another. */
  const running = new Map<string, number>();
  const sent = new Map<string, number>();

  async function greet(id: string): Promise<void> {
    const row = await findGateway(db, id);
    if (!row || row.revoked !== null || !parts.isAccepted(id)) return;
    const { version } = JSON.parse(row.configuration) as EntranceConfiguration;
    if (row.applied === version || row.refused === version) return;
    sent.set(id, clock.monotonic());
    parts.send(id, 'config', { version, document: row.configuration });
  }

  async function beat(id: string, version: number): Promise<void> {
    if (running.get(id) !== version) {
      await noteApplied(db, id, version);
      running.set(id, version);
    }
    if (clock.monotonic() - (sent.get(id) ?? Number.NEGATIVE_INFINITY) < PUSH_AGAIN_MS) return;
    sent.set(id, clock.monotonic());
    await greet(id);
  }

  return {
    greet,
    heard(id, { health }) {
      if (health === undefined) return;
      beat(id, health.configuration).catch((fault: Error) =>
        log.error({ gateway: id, fault }, 'what a gateway runs could not be written down'),
      );
    },
    async configured(id, { version, state, code = '', fault = '' }) {
      if (state === 'applied') {
        await noteApplied(db, id, version);
        running.set(id, version);
      } else if (state === 'refused') {
        await noteRefused(db, id, { version, code, fault });
        log.warn({ gateway: id, version, code }, 'a gateway refused its configuration');
      }
    },
    commanded(_gateway, answer) {
      waiting.get(answer.id)?.(answer);
    },
    async configure(id, change) {
      const row = await findGateway(db, id);
      if (!row || row.revoked !== null) throw fleetError('gateway-unknown', { id });
      const now = EntranceConfiguration.parse(JSON.parse(row.configuration));
      const known = now.lanes.map(({ lane }) => lane);
      const isSame =
        change.lanes.length === known.length &&
        change.lanes.every(({ lane }) => known.includes(lane));
      if (!isSame) throw fleetError('configuration-lanes-differ');
      const next = { ...change, venue: now.venue, version: now.version + 1 };
      const from = change.version === now.version ? row.configuration : undefined;
      const made = from && (await replaceConfiguration(db, id, from, next));
      if (!made) throw fleetError('configuration-outdated', { version: now.version });
      parts.changed(made);
      await greet(id);
      return next.version;
    },
    command(id, { do: what, lane, by }) {
      if (!parts.isLive(id)) throw fleetError('gateway-away', { id });
      if (waiting.size >= COMMANDS_MAX) throw fleetError('commands-full');
      const command: Command = {
        ...{ id: randomUUID(), do: what, by, expires: clock.now() + COMMAND_GOOD_MS },
        ...(lane === undefined ? {} : { lane }),
      };
      return new Promise((resolve) => {
        const done = (answer: CommandAnswer) => {
          clock.clearTimeout(timer);
          waiting.delete(command.id);
          resolve(answer);
        };
        const silent = { id: command.id, done: false, code: 'command-unanswered' };
        const timer = clock.setTimeout(() => done(silent), COMMAND_GOOD_MS);
        waiting.set(command.id, done);
        parts.send(id, 'command', command);
      });
    },
    stop() {
      for (const [id, done] of waiting) done({ id, done: false, code: 'command-unanswered' });
    },
  };
}
