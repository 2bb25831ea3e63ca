import type { PlaceTable } from '../../store/index.ts';
import { saleError } from '../sale-errors.ts';
import type { Wish } from './choose.ts';
import type { createTaken } from './place-store.ts';
import type { Sold } from './sale-store.ts';

type Taken = ReturnType<typeof createTaken>;

/** At most so many in one basket, and per guest over all orders (P12). */
export function checkMaximum(
  taken: Taken,
  sold: Sold,
  held: readonly PlaceTable[],
  wish: Wish,
  who: { account: string | null; phone: string | null },
): void {
  const here = held.filter(({ performance }) => performance === sold.performance).length;
  const wanted = wish.tickets.reduce((sum, { count }) => sum + count, here);
  if (wanted > sold.basketMax) throw saleError('basket-maximum', { max: sold.basketMax });
  checkGuestMaximum(taken, sold, wanted, who);
}

/** @throws GatehouseError `guest-maximum` (P12) */
export function checkGuestMaximum(
  taken: Taken,
  sold: Pick<Sold, 'guestMax' | 'performance'>,
  wanted: number,
  { account, phone }: { account: string | null; phone: string | null },
): void {
  if (sold.guestMax === null) return;
  const had = taken(sold.performance, account, phone);
  if (had + wanted > sold.guestMax) {
    throw saleError('guest-maximum', { max: sold.guestMax, taken: had });
  }
}
