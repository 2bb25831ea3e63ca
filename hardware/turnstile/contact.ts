import type { HardwareClock } from '../devices.ts';

/** A change shorter than this is a spike on the wire: a relay beside it has switched. */
export const SPIKE_MILLISECONDS = 5;
/** How often the process looks whether it has been held up. */
const PULSE_MILLISECONDS = 20;
/** A pulse so late says that messages have waited, so that their times say nothing. */
const HELD_UP_MILLISECONDS = 40;

/** Tells whether messages that come now may have waited for this process. */
export interface LoopWatch {
  start(): void;
  stop(): void;
  isLate(): boolean;
}

export function loopWatch(clock: HardwareClock): LoopWatch {
  let timer: unknown;
  let last = 0;
  let lateUntil = Number.NEGATIVE_INFINITY;

  function pulse(): void {
    const now = clock.now();
    if (now - last > HELD_UP_MILLISECONDS) lateUntil = now + HELD_UP_MILLISECONDS;
    last = now;
    timer = clock.setTimeout(pulse, PULSE_MILLISECONDS);
  }

  return {
    start() {
      last = clock.now();
      timer = clock.setTimeout(pulse, PULSE_MILLISECONDS);
    },
    stop() {
      clock.clearTimeout(timer);
    },
    isLate() {
      const now = clock.now();
      return now - last > HELD_UP_MILLISECONDS || now <= lateUntil;
    },
  };
}

/** A contact whose changes come as messages without a time of their own. */
export interface MessagedContact {
  /** A message says how the contact is; the same again changes nothing. */
  hear(active: boolean): void;
  /** Forgets everything: the next message tells the rest. */
  reset(): void;
}

/**
 * Leaves spikes out, and nothing else: when the process was held up, a whole passage may come as
 * two messages at once, and is a passage all the same.
 */
export function messagedContact(
  clock: HardwareClock,
  watch: Pick<LoopWatch, 'isLate'>,
  onChange: (active: boolean) => void,
): MessagedContact {
  let settled: boolean | undefined;
  let heard: boolean | undefined;
  let cameLate = false;
  let timer: unknown;

  function settle(active: boolean): void {
    settled = active;
    onChange(active);
  }

  return {
    hear(active) {
      if (active === heard) return;
      heard = active;
      clock.clearTimeout(timer);
      cameLate = watch.isLate() || (cameLate && active === settled);
      if (settled === undefined || active !== settled) {
        timer = clock.setTimeout(() => settle(active), SPIKE_MILLISECONDS);
      } else if (cameLate) {
        settle(!active);
        settle(active);
      }
    },
    reset() {
      clock.clearTimeout(timer);
      settled = undefined;
      heard = undefined;
      cameLate = false;
    },
  };
}
