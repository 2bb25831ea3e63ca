import type { Kysely } from 'kysely';
import type { Clock, Log } from '../ports.ts';
import { type Database, storeFault } from '../store/index.ts';
import { fleetTablesOf, noteHeard, noteSilent } from './store.ts';

/** A gateway that was heard within this time is active: the others of its venue count on it. */
export const ACTIVE_MS = 12 * 3_600_000;
/** That a gateway is heard is written down this often, so that it costs the disk nothing. */
export const HEARD_AGAIN_MS = 3_600_000;
/** Sessions are looked at, and who has gone silent is looked for, this often. */
export const LOOK_MS = 60_000;

/** Keeps when each gateway was last heard, to the hour, and which are active. */
export interface Contacts {
  /** A session has begun. */
  heard(gateway: string): Promise<void>;
  start(): void;
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

export interface ContactsParts {
  readonly db: Kysely<Database>;
  readonly clock: Clock;
  readonly log: Log;
  /** Gateways that have a session now. */
  live(): readonly string[];
  /** Is told when who is active has changed on disk. */
  changed(): void;
}

export function createContacts(parts: ContactsParts): Contacts {
  const { clock, log, live, changed } = parts;
  const db = fleetTablesOf(parts.db);
  /** When each was last written down; as many as there are gateways. */
  const written = new Map<string, number>();
  let timer: unknown;
  let looking: Promise<void> = Promise.resolve();

  async function heard(gateway: string): Promise<void> {
    const now = clock.now();
    const before = written.get(gateway);
    // The clock may have been set back.
    if (before !== undefined && Math.abs(now - before) < HEARD_AGAIN_MS) return;
    written.set(gateway, now);
    try {
      if (await noteHeard(db, gateway, now)) changed();
    } catch (cause) {
      written.delete(gateway);
      failed(cause);
    }
  }

  async function look(): Promise<void> {
    for (const gateway of live()) await heard(gateway);
    try {
      const until = clock.now() - ACTIVE_MS;
      if (!(await noteSilent(db, until))) return;
      for (const [gateway, at] of written) if (at < until) written.delete(gateway);
      changed();
    } catch (cause) {
      failed(cause);
    }
  }

  function failed(cause: unknown): void {
    const { code } = storeFault(cause) as { code?: string };
    log.error({ code }, 'who was heard could not be written down; the next look tries again');
  }

  function plan(): void {
    timer = clock.setTimeout(() => {
      looking = look();
      plan();
    }, LOOK_MS);
  }

  return {
    heard,
    start: plan,
    async stop() {
      clock.clearTimeout(timer);
      await looking;
    },
  };
}
