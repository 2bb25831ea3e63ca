import { spawn } from 'node:child_process';
import type { Clock, Timer } from './clock.ts';
import type { Log } from './log.ts';
import type { GatewayStatus, LaneState } from './web/index.ts';

/** How often lanes are looked at; systemd ends a gateway that said nothing for 30 s. */
export const LOOK_MS = 1_000;
export const PING_EVERY_MS = 5_000;
/** A decision takes 1.5 s with the cloud and 3 s with a slow disk; longer, and the lane hangs. */
export const DECIDING_STUCK_MS = 15_000;
/** A grant ends after the turnstile's time and a little; longer, and its timers do not run. */
export const GRANTED_STUCK_MS = 60_000;
const NOTIFY_MAX_MS = 5_000;

const STUCK_AFTER: Partial<Record<LaneState, number>> = {
  deciding: DECIDING_STUCK_MS,
  granted: GRANTED_STUCK_MS,
};

/** Says to whoever supervises this process that it is ready, and that it makes progress. */
export type Notify = (words: readonly string[]) => void;

export interface Watchdog {
  /** The gateway is up: `READY=1`, then `WATCHDOG=1` for as long as lanes make progress. */
  start(): void;
  stop(): void;
}

export interface WatchdogOptions {
  readonly lanes: () => GatewayStatus['lanes'];
  readonly notify: Notify;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Pings prove that the event loop turns and that no lane hangs in a decision or a grant. They never
 * depend on the network, and a lane that is closed by a fault is no reason to restart: its probe
 * opens it again.
 */
export function createWatchdog({ lanes, notify, clock, log }: WatchdogOptions): Watchdog {
  const since = new Map<string, { readonly what: string; readonly at: number }>();
  let timer: Timer;
  let pingedAt = Number.NEGATIVE_INFINITY;
  let told = false;

  /** Lanes that have been in the same moment of the same scan for too long. */
  function stuck(): string[] {
    const now = clock.mono();
    return lanes().flatMap(({ lane, state, scanId, reads }) => {
      const what = `${state} ${scanId} ${reads}`;
      const before = since.get(lane);
      if (before?.what !== what) since.set(lane, { what, at: now });
      const limit = STUCK_AFTER[state] ?? Number.POSITIVE_INFINITY;
      return before?.what === what && now - before.at > limit ? [lane] : [];
    });
  }

  function look(): void {
    const hanging = stuck();
    if (hanging.length > 0 && !told) log.error({ lanes: hanging }, 'a lane makes no progress');
    told = hanging.length > 0;
    if (!told && clock.mono() - pingedAt >= PING_EVERY_MS) {
      pingedAt = clock.mono();
      notify(['WATCHDOG=1']);
    }
    timer = clock.setTimeout(look, LOOK_MS);
  }

  return {
    start() {
      notify(['--ready']);
      look();
    },
    stop() {
      clock.clearTimeout(timer);
      notify(['--stopping']);
    },
  };
}

/**
 * Speaks to systemd through `systemd-notify`, since Node has no Unix datagram sockets; says nothing
 * where no service manager listens. The unit needs `NotifyAccess=all`.
 */
export function systemdNotify(environment: NodeJS.ProcessEnv, log: Log): Notify {
  if (environment.NOTIFY_SOCKET === undefined) return () => undefined;
  return (words) => {
    const child = spawn('systemd-notify', words, { stdio: 'ignore', timeout: NOTIFY_MAX_MS });
    child.on('error', (error) => log.warn({ fault: error.message }, 'systemd not told'));
    // a ping under way keeps no gateway alive
    child.unref();
  };
}
