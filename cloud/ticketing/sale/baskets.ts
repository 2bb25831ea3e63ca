import type { Moment } from '@gatehouse/protocol';
import type { z } from 'zod';
import type { Clock, Random } from '../../ports.ts';
import type { BasketTable, PlaceTable, Store } from '../../store/index.ts';
import type { Halls } from '../halls/hall-store.ts';
import { saleError } from '../sale-errors.ts';
import { type BasketStore, createBasketStore } from './basket-store.ts';
import {
  type BasketView,
  type BasketViews,
  createBasketViews,
  performancesOf,
} from './basket-view.ts';
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
import type { ExtraLine, Extras, ExtraWish } from './extras.ts';
import { checkMaximum } from './guest-maximum.ts';
import type { createTaken, Places } from './place-store.ts';
import type { SaleStore } from './sale-store.ts';
import { saleState } from './sales.ts';

/** Baskets whose time is over stay this long, so that a late order is told why. */
const FORGET_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;

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
  readonly items: BasketViews['items'];
  readonly totals: BasketViews['totals'];
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

export function createBaskets(parts: BasketParts): Baskets {
  const { store, clock, random, places, extras } = parts;
  const kept = createBasketStore(store);
  const views = createBasketViews(parts);
  const placesOf = (digest: string) => performancesOf(places.ofBasket(digest, 'batch'));
  /** Changes a basket that can still be ordered, in a batch of its own. */
  const change = (token: string, work: (digest: string, now: Moment) => void) =>
    store.batch(() => {
      const now = clock.now();
      work(kept.alive(digestOf(token), now, 'batch').digest, now);
    });
  return {
    async add(token, wish, who) {
      const own = token ?? newToken(random);
      const digest = digestOf(own);
      const basket = await store.batch(() => {
        if (token !== undefined) kept.alive(digest, clock.now(), 'batch');
        return fill({ ...parts, kept, views }, digest, wish, who);
      });
      return { token: own, basket };
    },
    sweep: () => kept.forget(clock.now() - FORGET_MS),
    view(token, channel) {
      const digest = digestOf(token);
      const basket = kept.alive(digest, clock.now());
      const view = views.of(basket, places.ofBasket(digest));
      if (!view.items.every((item) => isServed(item, channel))) throw saleError('basket-unknown');
      return view;
    },
    remove: (token, place) =>
      change(token, (digest) => {
        const own = places.ofBasket(digest, 'batch').find(({ id }) => id === place);
        if (own) places.remove(own.id);
        extras.prune(digest, placesOf(digest));
      }),
    setExtra: (token, wish) =>
      change(token, (digest, now) => extras.set(digest, wish, placesOf(digest), now)),
    drop: (token) =>
      change(token, (digest) => {
        places.letGoOfBasket(digest);
        kept.remove(digest);
      }),
    take(digest, now) {
      const basket = kept.alive(digest, now, 'batch');
      const list = places.ofBasket(digest, 'batch');
      if (list.length === 0) throw saleError('basket-empty');
      return { basket, places: list, extras: extras.ofBasket(digest, 'batch') };
    },
    items: views.items,
    totals: views.totals,
  };
}

/** Inside a batch: holds places in a basket, which is made if it is not there. */
function fill(
  parts: BasketParts & { readonly kept: BasketStore; readonly views: BasketViews },
  digest: string,
  wish: Wish,
  { buyer, channel }: { buyer: Buyer | null; channel: Channel },
): BasketView {
  const { kept, views, places, random } = parts;
  const now = parts.clock.now();
  const sold = parts.sales.find(wish.performance, 'batch');
  if (!sold || !isServed(sold, channel)) throw saleError('performance-not-found');
  const phone = numberFor(sold, buyerNow(buyer, parts.verifiedPhone));
  if (saleState(sold, now) !== 'open') throw saleError('sale-not-open');
  places.sweep(now);
  const account = buyer?.account ?? null;
  if (!kept.find(digest)) {
    const until = now + sold.holdMinutes * MINUTE_MS;
    kept.add({ digest, account, phone, channel, until, created: now });
  }
  const basket = kept.alive(digest, now, 'batch');
  if (phone !== null) {
    if (basket.phone !== null && basket.phone !== phone) throw saleError('phone-changed');
    kept.bind(digest, account, phone);
  }
  const held = places.ofBasket(digest, 'batch');
  checkMaximum(parts.taken, sold, held, wish, { account, phone });
  for (const place of choosePlaces({ ...parts, now }, sold, wish)) {
    const common = { performance: sold.performance, state: 'held' as const, created: now };
    const id = Buffer.from(random(8)).toString('hex');
    places.add({ ...common, ...place, id, basket: digest, order_id: null, until: basket.until });
  }
  return views.of(basket, places.ofBasket(digest, 'batch'), 'batch');
}
