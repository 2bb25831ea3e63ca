import type { Detail, SeatView, Wish } from './api.ts';
import { wishOfSeats } from './seats.ts';

/** How many of each ticket type, by id. */
export type Counts = Readonly<Record<string, number>>;

/** Tickets that may still be taken of one performance. */
export function most({ basketMax, guestMax, free }: Detail): number {
  return Math.min(basketMax, guestMax ?? basketMax, free);
}

export function sumOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** What one ticket type costs in an area; undefined where it is not sold there. */
export function priceIn(show: Detail, type: string, rank: string): number | undefined {
  const found = show.types.find(({ id }) => id === type);
  return found?.prices.find((price) => price.rank === rank)?.cents;
}

/** What tickets cost in all; undefined where that depends on the seats that will be found. */
export function totalOf(show: Detail, counts: Counts, rank: string | undefined) {
  let total = 0;
  for (const [type, count] of Object.entries(counts)) {
    if (count === 0) continue;
    const prices = show.types.find(({ id }) => id === type)?.prices ?? [];
    const fitting = prices.filter((price) => rank === undefined || price.rank === rank);
    const [first] = fitting;
    if (!first || fitting.some(({ cents }) => cents !== first.cents)) return undefined;
    total += first.cents * count;
  }
  return total;
}

/** What is asked for by count: the best available, or places of free seating. */
export function wishOfCounts(show: Detail, counts: Counts, rank: string | undefined): Wish {
  const tickets = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([type, count]) => ({ type, count }));
  return { performance: show.id, tickets, ...(show.seated && rank !== undefined && { rank }) };
}

/** What is asked for by seats of one’s own choice. */
export function wishOfChosen(
  show: Detail,
  seats: readonly SeatView[],
  chosen: ReadonlyMap<string, string>,
): Wish {
  return { performance: show.id, ...wishOfSeats(seats, chosen) };
}
