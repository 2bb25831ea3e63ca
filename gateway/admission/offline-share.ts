import type { Clock } from '../clock.ts';

/** The share of a performance is for each hour. */
const HOUR_MS = 3_600_000;

/** An admission without the cloud by a run before this one. */
export interface EarlierAdmission {
  readonly scanId: string;
  readonly performance: string;
  /** Milliseconds that have gone by since, at least; time between runs does not count. */
  readonly age: number;
}

/** Counts whom this gateway admitted without the cloud in the last hour of its monotonic clock. */
export interface OfflineShare {
  restore(earlier: readonly EarlierAdmission[]): void;
  admitted(scanId: string, performance: string): void;
  /** Nobody passed after all. */
  released(scanId: string): void;
  /**
   * How many more may be admitted.
   * @param own a scan that is not counted
   */
  left(performance: string, cap: number, own?: string): number;
}

export function createOfflineShare(clock: Clock): OfflineShare {
  const counted = new Map<string, { performance: string; at: number }>();

  function forgetOld(): void {
    const before = clock.mono() - HOUR_MS;
    for (const [scanId, { at }] of counted) if (at <= before) counted.delete(scanId);
  }

  return {
    restore(earlier) {
      for (const { scanId, performance, age } of earlier) {
        counted.set(scanId, { performance, at: clock.mono() - age });
      }
    },
    admitted(scanId, performance) {
      if (!counted.has(scanId)) counted.set(scanId, { performance, at: clock.mono() });
    },
    released: (scanId) => void counted.delete(scanId),
    left(performance, cap, own) {
      forgetOld();
      let taken = 0;
      for (const [scanId, one] of counted) {
        if (one.performance === performance && scanId !== own) taken += 1;
      }
      return cap - taken;
    },
  };
}
