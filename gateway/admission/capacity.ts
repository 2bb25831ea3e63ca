import type { CapacityShare } from '../tickets/index.ts';
import { shareOf } from './shares.ts';

/** How many people may be inside a performance as far as this gateway can know. */
export interface Capacity {
  /**
   * @param whole of the performance
   * @param inside people inside and about to be, as far as known here
   */
  of(performance: string, whole: number, inside: number): number;
}

export interface CapacityOptions {
  readonly gateway: string;
  /** Whether all passages of the venue are heard, from the cloud or from every other gateway. */
  readonly inTouch: () => boolean;
  /** Active gateways of the venue. */
  readonly gateways: () => readonly string[];
  /** Shares of the run before this one. */
  readonly earlier: readonly CapacityShare[];
  /** Told of all shares at every change, so that a restart goes on with them. */
  readonly keep: (shares: readonly CapacityShare[]) => void;
}

/**
 * Out of touch, a gateway lets in its part of what remained by then: others may be doing the same
 * (docs/decisions/shares.md).
 */
export function createCapacity(options: CapacityOptions): Capacity {
  const { gateway, inTouch, gateways, keep } = options;
  const shares = new Map(options.earlier.map((share) => [share.performance, share]));
  return {
    of(performance, whole, inside) {
      if (inTouch()) {
        if (shares.size > 0) keep([]);
        shares.clear();
        return whole;
      }
      const known = shares.get(performance);
      const share = known?.share ?? shareOf(Math.max(0, whole - inside), gateways(), gateway);
      if (!known) {
        shares.set(performance, { performance, inside, share });
        keep([...shares.values()]);
      }
      return Math.min(whole, (known?.inside ?? inside) + share);
    },
  };
}
