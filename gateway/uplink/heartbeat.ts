import type { Heartbeat } from '@gatehouse/protocol';
import type { Clock, Timer, VenueTime } from '../clock.ts';
import type { Link } from '../link.ts';
import type { UplinkState } from '../web/events.ts';

/** A beat goes up each second; this long without an answer makes the uplink suspect. */
const BEAT_MS = 1_000;
const SILENCE_MS = 2_000;
/** So many requests unanswered in a row make it suspect as well. */
const UNANSWERED_MAX = 2;

/** Knows whether the cloud really answers, and keeps the venue's time. */
export interface Pulse {
  start(): void;
  stop(): void;
  readonly state: UplinkState;
  /** A request was not answered within its deadline. */
  unanswered(): void;
  /** A request was answered. */
  answered(): void;
}

export interface PulseOptions {
  readonly link: Link;
  readonly clock: Clock;
  readonly time: VenueTime;
  /** Everything of a beat but number and time. */
  readonly report: () => Omit<Heartbeat, 'beat' | 'mono' | 'at'>;
  readonly onChange: (state: UplinkState) => void;
}

export function createPulse({ link, clock, time, report, onChange }: PulseOptions): Pulse {
  let state: UplinkState = 'away';
  let beat = 0;
  let heard = Number.NEGATIVE_INFINITY;
  let missed = 0;
  let timer: Timer;
  let sentWall = 0;
  let unhear: (() => void)[] = [];

  function judge(): void {
    const quiet = clock.mono() - heard > SILENCE_MS || missed >= UNANSWERED_MAX;
    const now = !link.connected ? 'away' : quiet ? 'suspect' : 'connected';
    if (now === state) return;
    state = now;
    onChange(state);
  }

  function send(): void {
    beat += 1;
    sentWall = clock.wall();
    link.send('heartbeat', { beat, mono: clock.mono(), at: time.stamp(), ...report() });
    judge();
  }

  function tick(): void {
    send();
    timer = clock.setTimeout(tick, BEAT_MS);
  }

  return {
    start() {
      unhear = [
        link.hear('heartbeat', (answer) => {
          heard = clock.mono();
          missed = 0;
          if (answer.beat === beat) {
            const { received: cloudIn, sent: cloudOut } = answer;
            time.measured({ sent: sentWall, received: clock.wall(), cloudIn, cloudOut });
          }
          judge();
        }),
        link.onChange((connected) => {
          if (connected) send();
          judge();
        }),
      ];
      tick();
    },
    stop() {
      clock.clearTimeout(timer);
      for (const stop of unhear) stop();
    },
    get state() {
      return state;
    },
    unanswered() {
      missed += 1;
      judge();
    },
    answered() {
      missed = 0;
      heard = clock.mono();
      judge();
    },
  };
}
