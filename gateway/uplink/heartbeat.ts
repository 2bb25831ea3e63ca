import type { Heartbeat } from '@gatehouse/protocol';
import type { Clock, Timer, VenueTime } from '../clock.ts';
import type { Link } from '../link.ts';
import type { UplinkState } from '../web/events.ts';

/** A beat goes up each second; this long without an answer makes the uplink suspect. */
export const BEAT_MS = 1_000;
export const SILENCE_MS = 2_000;
/** A session this long without an answer is given up: it may be half-open and never say so. */
export const RENEW_MS = 6_000;
/** So many requests unanswered in a row make it suspect as well. */
export const UNANSWERED_MAX = 2;
/** A cloud that answers beats but no questions is asked again by one guest this often. */
export const DISTRUST_MS = 10_000;

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
  let opened = Number.NEGATIVE_INFINITY;
  let missed = 0;
  let distrustUntil = Number.NEGATIVE_INFINITY;
  let timer: Timer;
  let sent = 0;
  let unhear: (() => void)[] = [];

  const isSilent = () => clock.mono() - heard > SILENCE_MS;

  function judge(): void {
    const quiet = isSilent() || clock.mono() < distrustUntil;
    const now = !link.connected ? 'away' : quiet ? 'suspect' : 'connected';
    if (now === state) return;
    state = now;
    onChange(state);
  }

  /** After a real outage the first answer is enough; nobody has to be tried out. */
  function hear(): void {
    if (isSilent()) trust();
    heard = clock.mono();
  }

  function trust(): void {
    missed = 0;
    distrustUntil = Number.NEGATIVE_INFINITY;
  }

  function send(): void {
    beat += 1;
    sent = clock.mono();
    link.send('heartbeat', { beat, mono: sent, at: time.stamp(), ...report() });
    judge();
  }

  /** The broker's keep-alive would notice too, but guests would wait for it. */
  function renewIfSilent(): void {
    const quiet = clock.mono() - Math.max(heard, opened);
    if (link.connected && quiet > RENEW_MS) link.renew?.();
  }

  function tick(): void {
    renewIfSilent();
    send();
    timer = clock.setTimeout(tick, BEAT_MS);
  }

  return {
    start() {
      unhear = [
        link.hear('heartbeat', (answer) => {
          hear();
          if (answer.beat === beat) {
            const { received: cloudIn, sent: cloudOut } = answer;
            time.measured({ sent, received: clock.mono(), cloudIn, cloudOut });
          }
          judge();
        }),
        link.onChange((connected) => {
          if (!connected) heard = Number.NEGATIVE_INFINITY;
          else {
            opened = clock.mono();
            send();
          }
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
      judge();
      return state;
    },
    unanswered() {
      missed += 1;
      if (missed >= UNANSWERED_MAX) {
        distrustUntil = clock.mono() + DISTRUST_MS;
        missed = UNANSWERED_MAX - 1;
      }
      judge();
    },
    answered() {
      trust();
      heard = clock.mono();
      judge();
    },
  };
}
