/** How often a page makes sure that the gateway is still there. */
export const BEAT_MS = 2_000;
/** An answer that takes longer does not count. */
export const BEAT_PATIENCE_MS = 1_500;
/** Without a sign of life for so long the gateway is out of reach, and the page says so. */
export const LOST_MS = 4_500;

/** Whether the gateway is within reach; a fact of the last seconds, never of the last answer. */
export interface Reach {
  /** Something was heard of it. */
  alive(now: number): void;
  /** A request failed, or the line broke. */
  lost(): void;
  isLost(now: number): boolean;
}

export function createReach(): Reach {
  let heard = Number.NEGATIVE_INFINITY;
  return {
    alive(now) {
      heard = Math.max(heard, now);
    },
    lost() {
      heard = Number.NEGATIVE_INFINITY;
    },
    isLost: (now) => now - heard > LOST_MS,
  };
}
