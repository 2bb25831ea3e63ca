/** Keys further apart than this were typed by a person. */
export const FAST_MS = 40;
/** So long a silence ends a code whose scanner sends no Enter. */
export const SILENCE_MS = 50;
/** Fewer fast keys than this are a person's, or noise. */
export const KEYS_MIN = 4;
/** No code is longer; what comes beyond it is another device's. */
export const KEYS_MAX = 1_000;

export interface WedgeClock {
  setTimeout(run: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** Tells a scanner that plays keyboard from a person by the speed of the keys. */
export interface Wedge {
  /**
   * Takes one key.
   * @param key as `KeyboardEvent.key` has it
   * @param at milliseconds, monotonic
   * @returns whether the key belongs to a scanner's code and should do nothing else
   */
  key(key: string, at: number): boolean;
  stop(): void;
}

export function createWedge(onText: (text: string) => void, clock: WedgeClock): Wedge {
  let text = '';
  let keys = 0;
  let last = Number.NEGATIVE_INFINITY;
  let silence: unknown;

  function forget(): void {
    clock.clearTimeout(silence);
    text = '';
    keys = 0;
  }

  function end(): boolean {
    const said = text;
    const whole = keys >= KEYS_MIN && keys <= KEYS_MAX;
    forget();
    if (whole) onText(said);
    return whole;
  }

  return {
    key(key, at) {
      if (at - last > FAST_MS) forget();
      last = at;
      if (key === 'Enter' || key === 'Tab') return end();
      // Shift and the like come between the characters of a scanner and say nothing themselves.
      if ([...key].length !== 1) return false;
      keys += 1;
      if (keys <= KEYS_MAX) text += key;
      clock.clearTimeout(silence);
      silence = clock.setTimeout(end, SILENCE_MS);
      return keys > 1;
    },
    stop: forget,
  };
}
