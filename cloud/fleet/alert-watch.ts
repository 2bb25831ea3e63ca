import type { Heartbeat } from '@gatehouse/protocol';
import { createFeed, type Feed } from '../admission/index.ts';
import type { Clock, Log } from '../ports.ts';
import { storeFault } from '../store/index.ts';
import { alertsOf, type FleetAlert } from './alerts.ts';
import type { FleetGateway } from './fleet-gateway.ts';

/** What comes within this time is looked at once. */
export const LOOK_AFTER_MS = 250;
/** Certificates end, and a copied card is forgotten, without anybody telling. */
export const LOOK_AGAIN_MS = 30_000;
/** A machine that was last seen to be double longer ago than this was stopped since. */
export const CLONE_SHOWN_MS = 86_400_000;

/** Something that people should look at in a gateway. */
export interface ToldAlert {
  readonly gateway: string;
  /** Of the gateway, for people. */
  readonly name: string;
  readonly venue: string;
  readonly alert: FleetAlert;
  /** Since when the cloud knows, in milliseconds since 1970; a restart of the cloud begins anew. */
  readonly since: number;
}

/** Everything that people should look at, as one list; `n` counts its changes. */
export interface AlertList {
  readonly n: number;
  readonly alerts: readonly ToldAlert[];
}

/** Knows what people should look at, and tells at once when that changes. */
export interface AlertWatch {
  start(): Promise<void>;
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
  /** Something may have changed: a session, a heartbeat, a finding. */
  look(): void;
  readonly now: AlertList;
  readonly feed: Feed<AlertList>;
  /** Is told of each alert that was not there before. */
  onNew(listener: (alert: ToldAlert) => void): void;
}

export interface AlertWatchParts {
  readonly clock: Clock;
  readonly log: Log;
  gateways(): Promise<readonly FleetGateway[]>;
  /** Gateways that ran twice since a moment. */
  clonedSince(moment: number): Promise<readonly string[]>;
  sessions(): readonly {
    readonly gateway: string;
    readonly lastHeartbeat?: { readonly beat: Heartbeat };
  }[];
}

export function createAlertWatch(parts: AlertWatchParts): AlertWatch {
  const { clock, log } = parts;
  const feed = createFeed<AlertList>();
  const listeners: ((alert: ToldAlert) => void)[] = [];
  let now: AlertList = { n: 0, alerts: [] };
  let running = false;
  let soon: unknown;
  let later: unknown;
  let looking: Promise<void> = Promise.resolve();

  async function find(): Promise<ToldAlert[]> {
    const at = clock.now();
    const cloned = new Set(await parts.clonedSince(at - CLONE_SHOWN_MS));
    const sessions = new Map(parts.sessions().map((one) => [one.gateway, one]));
    return (await parts.gateways()).flatMap((gateway) => {
      const { id, name, venue } = gateway;
      const alerts = alertsOf(gateway, sessions.get(id), { now: at, isCloned: cloned.has(id) });
      return alerts.map((alert) => {
        const known = now.alerts.find((one) => one.gateway === id && one.alert === alert);
        return { gateway: id, name, venue, alert, since: known?.since ?? at };
      });
    });
  }

  async function compare(): Promise<void> {
    const alerts = (await find()).sort(urgentFirst);
    const before = now.alerts;
    if (JSON.stringify(alerts) === JSON.stringify(before)) return;
    now = { n: now.n + 1, alerts };
    feed.publish(() => [now]);
    for (const one of alerts) {
      if (before.some(({ gateway, alert }) => gateway === one.gateway && alert === one.alert)) {
        continue;
      }
      for (const listener of listeners) listener(one);
    }
  }

  function lookNow(): void {
    clock.clearTimeout(soon);
    clock.clearTimeout(later);
    soon = undefined;
    looking = looking.then(compare).catch((raised: unknown) => {
      log.error({ fault: storeFault(raised) }, 'what people should look at was not found out');
    });
    if (running) later = clock.setTimeout(lookNow, LOOK_AGAIN_MS);
  }

  return {
    feed,
    get now() {
      return now;
    },
    onNew: (listener) => void listeners.push(listener),
    async start() {
      running = true;
      lookNow();
      await looking;
    },
    async stop() {
      running = false;
      clock.clearTimeout(soon);
      clock.clearTimeout(later);
      await looking;
    },
    look() {
      if (running) soon ??= clock.setTimeout(lookNow, LOOK_AFTER_MS);
    },
  };
}

/** A copied card before all else; the rest by gateway. */
function urgentFirst(one: ToldAlert, other: ToldAlert): number {
  return Number(other.alert === 'cloned') - Number(one.alert === 'cloned');
}
