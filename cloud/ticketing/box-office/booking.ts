import type { z } from 'zod';
import type { Mail } from '../../mail/index.ts';
import type { Clock, Random } from '../../ports.ts';
import type { DeliveryWay, Store } from '../../store/index.ts';
import type { Halls } from '../halls/hall-store.ts';
import type { Order } from '../orders/order-store.ts';
import type { Orders } from '../orders/orders.ts';
import type { Baskets } from '../sale/baskets.ts';
import type { VerifiedPhoneOf } from '../sale/buyer.ts';
import { choosePlaces, type Wish } from '../sale/choose.ts';
import type { Extras, ExtraWish } from '../sale/extras.ts';
import { checkGuestMaximum } from '../sale/guest-maximum.ts';
import type { createTaken, Places } from '../sale/place-store.ts';
import type { SaleStore } from '../sale/sale-store.ts';
import { saleError } from '../sale-errors.ts';

const MINUTE_MS = 60_000;

/** What staff know of who calls or stands before them. */
export interface Caller {
  /** The guest's account, if there is one. */
  readonly account: string | null;
  readonly name: string;
  readonly email: string;
  readonly contactPhone: string;
  readonly language: 'nl' | 'en';
}

export interface Booking {
  readonly key: string;
  readonly wish: Wish;
  readonly extras: readonly z.infer<typeof ExtraWish>[];
  readonly guest: Caller;
  readonly delivery: DeliveryWay;
  /** Paid at the desk: confirmed at once; else an option for so many minutes. */
  readonly paid: boolean;
  readonly optionMinutes: number;
  /** Regular although the guest is verified (S2). */
  readonly asRegular: boolean;
  readonly note: string;
  readonly by: string;
  readonly reason: string;
}

export interface BookingParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly halls: Halls;
  readonly places: Places;
  readonly baskets: Baskets;
  readonly sales: SaleStore;
  readonly extras: Extras;
  readonly taken: ReturnType<typeof createTaken>;
  readonly orders: Orders;
  readonly verifiedPhone: VerifiedPhoneOf;
  readonly mail: Pick<Mail, 'nudge'>;
}

/**
 * Books for a guest (B1): for a verified one secure tickets on that number, for anybody else
 * regular ones, which stay so.
 * @throws GatehouseError of sale, places and orders; `order-reason-missing`
 */
export async function book(parts: BookingParts, booking: Booking): Promise<Order> {
  const { store, orders, clock, places } = parts;
  const { guest, wish } = booking;
  const id = await store.batch(() => {
    const verified = guest.account === null ? null : parts.verifiedPhone(guest.account);
    const sold = parts.sales.find(wish.performance, 'batch');
    if (!sold) throw saleError('performance-not-found');
    if (!sold.open) throw saleError('sale-not-open');
    const secure = sold.secure && verified !== null && !booking.asRegular;
    const becomesRegular = sold.secure && !secure;
    if (becomesRegular && booking.reason.trim() === '') throw saleError('order-reason-missing');
    if (secure && booking.delivery !== 'e-ticket') throw saleError('secure-e-ticket-only');
    orders.sweep();
    const now = clock.now();
    const phone = secure ? verified : null;
    const chosen = choosePlaces({ ...parts, now }, sold, wish, true);
    if (secure) {
      checkGuestMaximum(parts.taken, sold, chosen.length, { account: guest.account, phone });
    }
    const expires = booking.paid ? null : now + booking.optionMinutes * MINUTE_MS;
    const common = { performance: sold.performance, state: 'ordered' as const, created: now };
    const rows = chosen.map((place) => ({
      ...{ ...common, ...place, id: Buffer.from(parts.random(8)).toString('hex') },
      ...{ basket: null, order_id: null, until: expires },
      ...{ block: null, reason: null, value: null },
    }));
    const items = parts.baskets.items(rows, 'batch').map((item) => ({ ...item, secure }));
    const along = booking.extras.map((one) =>
      parts.extras.line(one, new Set([wish.performance]), now),
    );
    const totals = parts.baskets.totals(items, along);
    const order = orders.write(
      {
        ...{ key: booking.key, basket: null, account: guest.account, phone, expires },
        wish: { ...guest, delivery: booking.delivery, note: booking.note },
        ...{ channel: 'office', state: booking.paid ? 'awaiting-payment' : 'option' },
        ...{ by: booking.by, reason: booking.reason === '' ? null : booking.reason },
      },
      items,
      totals,
    );
    for (const row of rows) places.add({ ...row, order_id: order });
    if (booking.paid || totals.total === 0) orders.confirm(order, booking.by);
    return order;
  });
  orders.changed();
  return orders.find(id);
}
