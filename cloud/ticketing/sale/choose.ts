import type { Moment } from '@gatehouse/protocol';
import { bestSeats } from '../halls/best-seats.ts';
import type { Seat } from '../halls/hall.ts';
import type { Halls } from '../halls/hall-store.ts';
import { saleError } from '../sale-errors.ts';
import type { Places } from './place-store.ts';
import { priceAt } from './prices.ts';
import type { Sold } from './sale-store.ts';

/** What somebody wants of one performance. */
export interface Wish {
  readonly performance: string;
  readonly tickets: readonly { readonly type: string; readonly count: number }[];
  /** Best available in this rank; any rank if left out. */
  readonly rank?: string | undefined;
  /** Seats of one's own choice, as many as tickets; best available if left out. */
  readonly seats?: readonly string[] | undefined;
}

/** A place that has been chosen for a ticket type. */
export interface Chosen {
  readonly seat: string | null;
  readonly rank: string;
  readonly type: string;
}

/**
 * Chooses free places: the seats named, or the best available, or a count where seating is free.
 * @param staff whether ticket types for staff may be used
 * @throws GatehouseError `places-taken`, `places-gone`, `places-invalid`, `ticket-type-unknown`
 */
export function choosePlaces(
  { halls, places, now }: { halls: Halls; places: Places; now: Moment },
  sold: Sold,
  wish: Wish,
  staff = false,
): Chosen[] {
  const types = wish.tickets.flatMap(({ type, count }) => Array<string>(count).fill(type));
  const free = places.free(sold, now, 'batch');
  if (types.length === 0) throw saleError('places-invalid');
  const seats =
    sold.plan === null ? undefined : seatsFor(halls, sold.plan, free.seats, wish, types);
  if (free.count < types.length) throw saleError('places-gone');
  return types.map((type, n) => {
    const seat = seats?.[n];
    const rank = seat?.rank ?? '';
    const known = sold.types.find(({ id }) => id === type);
    const priced = priceAt(sold.prices, type, rank, now) !== undefined;
    if (!known || !priced || (known.staffOnly && !staff)) throw saleError('ticket-type-unknown');
    return { seat: seat?.id ?? null, rank, type };
  });
}

function seatsFor(
  halls: Halls,
  plan: string,
  free: ReadonlySet<string>,
  wish: Wish,
  types: readonly string[],
): readonly Seat[] {
  const { seats: all } = halls.find(plan);
  if (wish.seats) {
    const named = new Set(wish.seats);
    const chosen = all.filter(({ id }) => named.has(id));
    if (chosen.length !== types.length) throw saleError('places-invalid');
    if (!chosen.every(({ id }) => free.has(id))) throw saleError('places-taken');
    return chosen;
  }
  const ranked = all.filter(({ rank }) => wish.rank === undefined || rank === wish.rank);
  const best = bestSeats(ranked, free, types.length);
  if (best.length < types.length) throw saleError('places-gone');
  return best;
}
