import type { HardwareClock, TurnstileListener } from '../devices.ts';
import type { InputName } from './pins.ts';

/** A board tells its inputs at once; a start waits no longer for them than this. */
const INPUT_MILLISECONDS = 1_000;

/** Turns contacts into passages and emergencies. */
export interface TurnstileInputs {
  /** Resolves when every contact was read once, so that the next change counts. */
  known(): Promise<void>;
  /**
   * After a gap, what a passage contact reads first is its rest, not a passage, and nobody is known
   * to have gone on holding the button.
   */
  reset(): void;
  /** `at` is monotonic milliseconds; now if left out. */
  onInput(name: InputName, active: boolean, at?: number): void;
}

/** @param expected how many contacts there are */
export function turnstileInputs(
  listener: TurnstileListener,
  clock: HardwareClock,
  expected: number,
): TurnstileInputs {
  let known = new Map<InputName, boolean>();
  let emergency = false;
  let all = Promise.withResolvers<void>();
  return {
    async known() {
      const late = clock.setTimeout(all.resolve, INPUT_MILLISECONDS);
      if (expected > 0) await all.promise;
      clock.clearTimeout(late);
    },
    reset() {
      if (known.get('button')) listener.onButton?.(false);
      known = new Map();
      all = Promise.withResolvers();
    },
    onInput(name, active, at) {
      const before = known.get(name);
      known.set(name, active);
      if (known.size === expected) all.resolve();
      if (name === 'fire') {
        if (active !== emergency) listener.onEmergency(active);
        emergency = active;
      } else if (name === 'button') {
        if (active !== (before ?? false)) listener.onButton?.(active);
      } else if (before === false && active) {
        listener.onPassage(at ?? clock.now());
      }
    },
  };
}
