import type { Moment, TicketLabel } from '@gatehouse/protocol';
import type { z } from 'zod';
import type { Clock, Random } from '../../ports.ts';
import type { BasketTable, PlaceTable, Store } from '../../store/index.ts';
import type { Halls } from '../halls/hall-store.ts';
import { rowOf } from '../rows.ts';
import { saleError } from '../sale-errors.ts';
import {
  type Buyer,
  buyerNow,
  type Channel,
  digestOf,
  isServed,
  newToken,
  numberFor,
  type VerifiedPhoneOf,
} from './buyer.ts';
import { choosePlaces, type Wish } from './choose.ts';
import { chargeOf, type ExtraLine, type Extras, type ExtraWish } from './extras.ts';
import type { createTaken, Places } from './place-store.ts';
import { priceAt, type Totals, totalsOf } from './prices.ts';
import type { SaleStore, Sold } from './sale-store.ts';
import { saleState } from './sales.ts';

/** Baskets whose time is over stay this long, so that a late order is told why. */
const FORGET_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;

/** One place in a basket with what it costs. */
export interface BasketItem {
  readonly id: string;
  readonly performance: string;
  readonly title: string;
  readonly secure: boolean;
  readonly seat: string | null;
  readonly rank: string;
  readonly type: string;
  readonly label: TicketLabel;
  readonly cents: number;
}

export interface BasketView extends Totals {
  readonly items: readonly BasketItem[];
  readonly extras: readonly ExtraLine[];
  readonly until: Moment;
  readonly secure: boolean;
}

export interface Baskets {
  /** @throws GatehouseError of sale, guest and places */
  add(
    token: string | undefined,
    wish: Wish,
    who: { buyer: Buyer | null; channel: Channel },
  ): Promise<{ token: string; basket: BasketView }>;
  view(token: string, channel: Channel): BasketView;
  /** So many of what is sold along. @throws GatehouseError `basket-unknown`, `extra-…` */
  setExtra(token: string, wish: z.infer<typeof ExtraWish>): Promise<void>;
  remove(token: string, place: string): Promise<void>;
  drop(token: string): Promise<void>;
  /** Inside a batch: forgets those whose time has been over long enough. */
  sweep(): void;
  /** Inside a batch: a basket that can still be ordered, and its places. */
  take(
    digest: string,
    now: Moment,
  ): { basket: BasketTable; places: PlaceTable[]; extras: ExtraLine[] };
  items(places: readonly PlaceTable[], reader?: 'batch'): BasketItem[];
  totals(items: readonly BasketItem[], extras?: readonly ExtraLine[]): Totals;
}

export interface BasketParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly halls: Halls;
  readonly sales: SaleStore;
  readonly extras: Extras;
  readonly places: Places;
  readonly taken: ReturnType<typeof createTaken>;
  readonly verifiedPhone: VerifiedPhoneOf;
}

const FIND = 'select * from baskets where digest = ?';

export function createBaskets(parts: BasketParts): Baskets {
  const { store, clock, random, places, sales, extras } = parts;
  const read = store.prepareRead(FIND);
  const find = store.prepare(FIND);
  const insert = store.prepare('insert into baskets values (?, ?, ?, ?, ?, null, ?)');
  const bind = store.prepare('update baskets set account = ?, phone = ? where digest = ?');
  const forget = store.prepare('delete from baskets where until < ?');
  const items = (rows: readonly PlaceTable[], reader?: 'batch') => itemsOf(parts, rows, reader);
  const totals = (list: readonly BasketItem[], along: readonly ExtraLine[] = []) =>
    totalsOf(list, sales.surcharges([...performancesOf(list)]), along.map(chargeOf));
  const viewOf = (basket: BasketTable, rows: readonly PlaceTable[], reader?: 'batch') => {
    const list = items(rows, reader);
    const secure = list.some((item) => item.secure);
    const along = extras.ofBasket(basket.digest, reader);
    return { items: list, extras: along, until: basket.until, secure, ...totals(list, along) };
  };
  const alive = (basket: BasketTable | undefined, now: Moment): BasketTable => {
    if (!basket || basket.until <= now || basket.ordered !== null)
      throw saleError('basket-unknown');
    return basket;
  };

  function add(digest: string, wish: Wish, buyer: Buyer | null, channel: Channel) {
    const now = clock.now();
    const sold = sales.find(wish.performance, 'batch');
    if (!sold || !isServed(sold, channel)) throw saleError('performance-not-found');
    const phone = numberFor(sold, buyerNow(buyer, parts.verifiedPhone));
    if (saleState(sold, now) !== 'open') throw saleError('sale-not-open');
    places.sweep(now);
    let basket = rowOf<BasketTable>(find, digest);
    if (!basket) {
      const until = now + sold.holdMinutes * MINUTE_MS;
      insert.run(digest, buyer?.account ?? null, phone, channel, until, now);
      basket = rowOf<BasketTable>(find, digest) as BasketTable;
    }
    alive(basket, now);
    if (phone !== null) {
      if (basket.phone !== null && basket.phone !== phone) throw saleError('phone-changed');
      bind.run(buyer?.account ?? null, phone, digest);
    }
    const held = places.ofBasket(digest, 'batch');
    checkMaximum(parts, sold, held, wish, { account: buyer?.account ?? null, phone });
    for (const place of choosePlaces({ ...parts, now }, sold, wish)) {
      const common = { performance: sold.performance, state: 'held' as const, created: now };
      const id = Buffer.from(random(8)).toString('hex');
      places.add({ ...common, ...place, id, basket: digest, order_id: null, until: basket.until });
    }
    return viewOf(basket, places.ofBasket(digest, 'batch'), 'batch');
  }

  return {
    async add(token, wish, { buyer, channel }) {
      const own = token ?? newToken(random);
      const basket = await store.batch(() => {
        if (token !== undefined) alive(rowOf(find, digestOf(token)), clock.now());
        return add(digestOf(own), wish, buyer, channel);
      });
      return { token: own, basket };
    },
    sweep: () => void forget.run(clock.now() - FORGET_MS),
    view(token, channel) {
      const digest = digestOf(token);
      const basket = alive(rowOf(read, digest), clock.now());
      const view = viewOf(basket, places.ofBasket(digest));
      if (!view.items.every((item) => isServed(item, channel))) throw saleError('basket-unknown');
      return view;
    },
    async remove(token, place) {
      const digest = digestOf(token);
      await store.batch(() => {
        alive(rowOf(find, digest), clock.now());
        const own = places.ofBasket(digest, 'batch').find(({ id }) => id === place);
        if (own) places.remove(own.id);
        extras.prune(digest, performancesOf(places.ofBasket(digest, 'batch')));
      });
    },
    async setExtra(token, wish) {
      const digest = digestOf(token);
      await store.batch(() => {
        const now = clock.now();
        alive(rowOf(find, digest), now);
        extras.set(digest, wish, performancesOf(places.ofBasket(digest, 'batch')), now);
      });
    },
    async drop(token) {
      const digest = digestOf(token);
      await store.batch(() => {
        alive(rowOf(find, digest), clock.now());
        places.letGoOfBasket(digest);
        store.prepare('delete from baskets where digest = ?').run(digest);
      });
    },
    take(digest, now) {
      const basket = alive(rowOf(find, digest), now);
      const list = places.ofBasket(digest, 'batch');
      if (list.length === 0) throw saleError('basket-empty');
      return { basket, places: list, extras: extras.ofBasket(digest, 'batch') };
    },
    items,
    totals,
  };
}

function performancesOf(list: readonly { performance: string }[]): Set<string> {
  return new Set(list.map(({ performance }) => performance));
}

/** At most so many in one basket, and per guest over all orders (P12). */
function checkMaximum(
  { taken }: BasketParts,
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
  taken: ReturnType<typeof createTaken>,
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

function itemsOf(
  { sales, halls }: BasketParts,
  rows: readonly PlaceTable[],
  reader?: 'batch',
): BasketItem[] {
  return rows.flatMap((place) => {
    const sold = sales.find(place.performance, reader);
    const type = sold?.types.find(({ id }) => id === place.type);
    if (!sold || !type) return [];
    const hall = sold.plan === null ? undefined : halls.find(sold.plan);
    const seat = hall?.seats.find(({ id }) => id === place.seat);
    const rank = hall?.ranks.find(({ id }) => id === place.rank)?.name;
    // The price of the moment at which the place went into the basket: it does not rise in there.
    const cents = priceAt(sold.prices, type.id, place.rank, place.created) ?? 0;
    const label: TicketLabel = {
      type: type.name,
      ...(rank === undefined ? {} : { rank }),
      ...(seat ? { row: seat.row, seat: seat.number } : {}),
      ...(seat?.door ? { door: seat.door } : {}),
      ...(seat?.wheelchair ? { note: 'wheelchair' } : {}),
      ...(seat?.companion ? { note: 'companion' } : {}),
    };
    const { id, performance } = place;
    const of = { id, performance, title: sold.title, secure: sold.secure };
    return [{ ...of, seat: place.seat, rank: place.rank, type: type.id, label, cents }];
  });
}
