import type { Clock, Timer } from '../clock.ts';

/** A technician at the device allows tests and another config code for so long. */
export const ARMED_MS = 600_000;
/** A button that is held for so long arms. */
export const BUTTON_HELD_MS = 10_000;

/** Whether somebody stands at the device and has said so: by its page, or by a button held. */
export interface Arming {
  arm(): void;
  disarm(): void;
  readonly armed: boolean;
  /** Monotonic milliseconds that are left; 0 while not armed. */
  readonly left: number;
}

export function createArming(clock: Pick<Clock, 'mono'>): Arming {
  let until = Number.NEGATIVE_INFINITY;
  const left = () => Math.max(0, until - clock.mono());
  return {
    arm() {
      until = clock.mono() + ARMED_MS;
    },
    disarm() {
      until = Number.NEGATIVE_INFINITY;
    },
    get armed() {
      return left() > 0;
    },
    get left() {
      return left();
    },
  };
}

/** Hears a button in the cabinet, and calls once when it has been held for long enough. */
export function createHeldButton(
  clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>,
  held: () => void,
): { hear(pressed: boolean): void } {
  let timer: Timer;
  return {
    hear(pressed) {
      clock.clearTimeout(timer);
      timer = pressed ? clock.setTimeout(held, BUTTON_HELD_MS) : undefined;
    },
  };
}
