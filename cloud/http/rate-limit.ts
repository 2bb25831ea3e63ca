import type { Clock } from '../ports.ts';

export interface RateRule {
  /** So many at once. */
  readonly burst: number;
  /** And one more each so many milliseconds. */
  readonly every: number;
}

/** Whether it may go on, else when to come back, in milliseconds. */
export type RateVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly retryAfter: number };

/** Counts what somebody does, in memory. */
export interface RateLimit {
  /** Counts one, unless it is refused. */
  take(key: string): RateVerdict;
  /** Somebody proved to be rightful: what was counted for them is forgotten. */
  forget(key: string): void;
  /** Keys known now. */
  size(): number;
}

/** Addresses or names counted at once. */
export const KEYS_MAX = 20_000;

/**
 * A bucket for each key that drips evenly (GCRA): within any time `t` never more than
 * `burst + t / every`. When there are too many keys, the one that was busy longest ago goes first.
 */
export function createRateLimit(
  clock: Pick<Clock, 'monotonic'>,
  { burst, every }: RateRule,
  keysMax = KEYS_MAX,
): RateLimit {
  /** When each bucket will be empty again, the longest untouched first. */
  const empties = new Map<string, number>();

  function makeRoom(now: number): void {
    for (const [key, emptyAt] of empties) {
      if (empties.size < keysMax && emptyAt > now) return;
      empties.delete(key);
    }
  }

  return {
    take(key) {
      const now = clock.monotonic();
      const emptyAt = Math.max(empties.get(key) ?? 0, now);
      const earliest = emptyAt - (burst - 1) * every;
      if (earliest > now) return { ok: false, retryAfter: Math.ceil(earliest - now) };
      empties.delete(key);
      makeRoom(now);
      empties.set(key, emptyAt + every);
      return { ok: true };
    },
    forget(key) {
      empties.delete(key);
    },
    size: () => empties.size,
  };
}
