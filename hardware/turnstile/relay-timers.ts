import type { Direction, HardwareClock } from '../devices.ts';

/** No relay stays on longer than this many milliseconds, whatever settings or callers say. */
export const MAX_PULSE_MILLISECONDS = 15_000;

/** Which relays are on, and until when. */
export interface RelayTimers {
  /** Switches on, for at most the maximum; a second call starts the time anew. */
  on(direction: Direction, milliseconds: number): void;
  /** Switches all off now, also those that are off already. */
  allOff(directions: readonly Direction[]): void;
  /** The outputs were put to rest by other means (a lost or restarted board). */
  forget(): void;
  isOn(direction: Direction): boolean;
}

export function relayTimers(
  clock: HardwareClock,
  maximum: number,
  /** `milliseconds`: how long it stays unlocked, for a board that can time it too. */
  set: (direction: Direction, unlocked: boolean, milliseconds?: number) => void,
): RelayTimers {
  const timers = new Map<Direction, unknown>();
  const forget = () => {
    for (const timer of timers.values()) clock.clearTimeout(timer);
    timers.clear();
  };
  return {
    on(direction, milliseconds) {
      clock.clearTimeout(timers.get(direction));
      const time = Math.max(0, Math.min(milliseconds, maximum, MAX_PULSE_MILLISECONDS));
      const end = () => {
        timers.delete(direction);
        set(direction, false);
      };
      timers.set(direction, clock.setTimeout(end, time));
      set(direction, true, time);
    },
    allOff(directions) {
      forget();
      for (const direction of directions) set(direction, false);
    },
    forget,
    isOn: (direction) => timers.has(direction),
  };
}
