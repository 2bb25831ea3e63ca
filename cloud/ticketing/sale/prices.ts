import type { Moment } from '@gatehouse/protocol';

/** Whole cents from a moment on, until a price with a later moment holds (P7). */
export interface Price {
  readonly type: string;
  /** Empty for free seating. */
  readonly rank: string;
  readonly validFrom: Moment;
  readonly cents: number;
}

export interface Surcharge {
  readonly id: string;
  /** `null` for all performances. */
  readonly performance: string | null;
  readonly name: string;
  readonly per: 'ticket' | 'order';
  /** Negative for a discount. */
  readonly cents: number;
}

export interface Charge {
  readonly name: string;
  readonly cents: number;
  /** Of something sold along, and how many; both left out for a surcharge. */
  readonly extra?: string;
  readonly count?: number;
}

export interface Totals {
  readonly charges: readonly Charge[];
  /** Sum of tickets and charges, in whole cents; never below zero. */
  readonly total: number;
}

/** What a ticket costs at a moment; `undefined` where it has no price (yet). */
export function priceAt(
  prices: readonly Price[],
  type: string,
  rank: string,
  now: Moment,
): number | undefined {
  let best: Price | undefined;
  for (const price of prices) {
    const fits = price.type === type && price.rank === rank && price.validFrom <= now;
    if (fits && (!best || price.validFrom >= best.validFrom)) best = price;
  }
  return best?.cents;
}

/**
 * Adds surcharges and discounts to tickets. A free ticket carries none, a discount takes at most
 * what there is to take from tickets, so the lines always add up to the total.
 * @param extras charges of what is sold along; no discount takes from them
 */
export function totalsOf(
  tickets: readonly { performance: string; cents: number }[],
  surcharges: readonly Surcharge[],
  extras: readonly Charge[] = [],
): Totals {
  let total = tickets.reduce((sum, { cents }) => sum + cents, 0);
  const charges: Charge[] = [];
  const paid = tickets.filter(({ cents }) => cents > 0);
  for (const { name, per, performance, cents } of surcharges) {
    const count = paid.filter((one) => performance === null || one.performance === performance);
    const times = per === 'ticket' ? count.length : Math.min(1, count.length);
    const amount = Math.max(cents * times, -total);
    if (times === 0 || amount === 0) continue;
    charges.push({ name, cents: amount });
    total += amount;
  }
  for (const { cents } of extras) total += cents;
  return { charges: [...charges, ...extras], total };
}
