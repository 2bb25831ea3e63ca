import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Clock } from '../../ports.ts';
import type { Halls } from '../halls/hall-store.ts';
import { saleError } from '../sale-errors.ts';
import type { Baskets } from './baskets.ts';
import { type Buyer, type BuyerOf, type Channels, isServed } from './buyer.ts';
import { ExtraWish } from './extras.ts';
import type { Places } from './place-store.ts';
import { priceAt } from './prices.ts';
import type { Sold } from './sale-store.ts';
import { type Sales, saleState } from './sales.ts';
import * as schema from './shop-schemas.ts';

export interface ShopParts {
  readonly sales: Sales;
  readonly halls: Halls;
  readonly places: Places;
  readonly baskets: Baskets;
  readonly channels: Channels;
  readonly buyer: BuyerOf;
  readonly clock: Clock;
}

/** What the shop shows and its baskets. Under `/shop/api/v1`; reading takes no cookie. */
export function shopRoutes(parts: ShopParts): FastifyPluginAsyncZod {
  return async (api) => {
    await api.register(showRoutes(parts));
    await api.register(basketRoutes(parts));
  };
}

function showRoutes(parts: ShopParts): FastifyPluginAsyncZod {
  const { sales, halls, places, channels, clock } = parts;
  const tags = ['shop'];
  const found = (request: FastifyRequest, id: string): Sold => {
    const sold = sales.store.find(id);
    if (!sold || !isServed(sold, channels.of(request))) throw saleError('performance-not-found');
    return sold;
  };
  return async (api) => {
    api.get(
      '/performances',
      {
        schema: {
          tags,
          summary: 'Performances by start; a kiosk is shown no secure ones (P4)',
          response: { 200: z.object({ performances: z.array(schema.Shown) }) },
        },
      },
      async (request) => {
        const channel = channels.of(request);
        const buyer = await parts.buyer(request);
        const list = sales.store.list(clock.now()).filter((one) => isServed(one, channel));
        return { performances: list.map((one) => shown(parts, one, buyer)) };
      },
    );
    api.get(
      '/performances/:id',
      {
        schema: {
          tags,
          summary: 'One performance with its ticket types and prices',
          params: schema.IdParams,
          response: { 200: schema.ShownDetail },
        },
      },
      async (request) => {
        const sold = found(request, request.params.id);
        return detail(parts, sold, await parts.buyer(request));
      },
    );
    api.get(
      '/performances/:id/seats',
      {
        schema: {
          tags,
          summary: 'The seats of a performance and which of them are free',
          params: schema.IdParams,
          response: { 200: z.object({ seats: z.array(schema.SeatView) }) },
        },
      },
      async (request) => {
        const sold = found(request, request.params.id);
        const free = places.free(sold, clock.now());
        const all = sold.plan === null ? [] : halls.find(sold.plan).seats;
        return {
          seats: all.map(({ door, ...seat }) => ({ ...seat, free: free.seats.has(seat.id) })),
        };
      },
    );
  };
}

function shown({ sales, places, clock }: ShopParts, sold: Sold, buyer: Buyer | null) {
  const { performance, title, hall, starts, ends, secure, saleFrom, saleUntil } = sold;
  const now = clock.now();
  return {
    ...{ id: performance, title, hall, starts, ends, secure, saleFrom, saleUntil },
    state: saleState(sold, now),
    free: places.free(sold, now).count,
    ...forGuest(secure, buyer),
    charges: sales.store
      .surcharges([performance])
      .map(({ name, per, cents }) => ({ name, per, cents })),
  };
}

/** Which explanation a guest sees instead of the order page (S1), and early for S12. */
function forGuest(secure: boolean, buyer: Buyer | null) {
  const verified = buyer?.verifiedPhone != null;
  const verify =
    !secure || verified ? ('no' as const) : buyer ? ('phone' as const) : ('login' as const);
  return { verify };
}

function detail(parts: ShopParts, sold: Sold, buyer: Buyer | null) {
  const ranks = sold.plan === null ? [] : parts.halls.find(sold.plan).ranks;
  const keys = sold.plan === null ? [''] : ranks.map(({ id }) => id);
  const now = parts.clock.now();
  return {
    ...shown(parts, sold, buyer),
    seated: sold.plan !== null,
    priceText: sold.priceText,
    guestMax: sold.guestMax,
    basketMax: sold.basketMax,
    ranks: [...ranks],
    extras: parts.sales.extras.of(sold.performance).map(({ id, name, cents, most }) => ({
      ...{ id, name, cents, most, left: parts.sales.extras.left(id, now) },
    })),
    types: sold.types
      .filter(({ staffOnly }) => !staffOnly)
      .map(({ id, name }) => ({
        ...{ id, name },
        prices: keys.flatMap((rank) => {
          const cents = priceAt(sold.prices, id, rank, now);
          return cents === undefined ? [] : [{ rank, cents }];
        }),
      })),
  };
}

/** @throws GatehouseError `basket-unknown` without one */
function token(request: { headers: { 'x-basket'?: string | undefined } }): string {
  const own = request.headers['x-basket'];
  if (own === undefined) throw saleError('basket-unknown');
  return own;
}

function basketRoutes(parts: ShopParts): FastifyPluginAsyncZod {
  const { baskets, channels } = parts;
  const tags = ['shop'];
  const headers = schema.BasketHeader;
  return async (api) => {
    await api.register(removalRoutes(parts));
    api.post(
      '/basket/places',
      {
        schema: {
          tags,
          summary: 'Holds places; without a basket one is made, and its token answered',
          headers,
          body: schema.WishBody,
          response: { 201: z.object({ token: z.string(), basket: schema.BasketView }) },
        },
      },
      async (request, reply) => {
        const who = { buyer: await parts.buyer(request), channel: channels.of(request) };
        const made = await baskets.add(request.headers['x-basket'], request.body, who);
        return reply.status(201).send(made as never);
      },
    );
    api.get(
      '/basket',
      { schema: { tags, summary: 'The basket', headers, response: { 200: schema.BasketView } } },
      async (request) => baskets.view(token(request), channels.of(request)) as never,
    );
    api.put(
      '/basket/extras',
      {
        schema: {
          ...{ tags, headers, body: ExtraWish },
          summary: 'How many of something sold along with the tickets (P7)',
          response: { 200: schema.BasketView },
        },
      },
      async (request) => {
        const channel = channels.of(request);
        baskets.view(token(request), channel);
        await baskets.setExtra(token(request), request.body);
        return baskets.view(token(request), channel) as never;
      },
    );
  };
}

function removalRoutes({ baskets, channels }: ShopParts): FastifyPluginAsyncZod {
  const tags = ['shop'];
  const headers = schema.BasketHeader;
  return async (api) => {
    api.delete(
      '/basket/places/:id',
      {
        schema: {
          ...{ tags, headers, params: schema.IdParams },
          summary: 'Gives one place back',
          response: { 200: schema.BasketView },
        },
      },
      async (request) => {
        await baskets.remove(token(request), request.params.id);
        return baskets.view(token(request), channels.of(request)) as never;
      },
    );
    api.delete(
      '/basket',
      { schema: { tags, summary: 'Gives all places back', headers, response: { 204: z.null() } } },
      async (request, reply) => {
        await baskets.drop(token(request));
        return reply.status(204).send(null);
      },
    );
  };
}
