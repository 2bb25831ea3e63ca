import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Clock, Random } from '../../ports.ts';
import type { Store } from '../../store/index.ts';
import { NewHall } from '../halls/hall.ts';
import type { Halls } from '../halls/hall-store.ts';
import { saleError } from '../sale-errors.ts';
import type { Channels } from './buyer.ts';
import { extraRoutes } from './extra-routes.ts';
import type { Places } from './place-store.ts';
import { NewTypes, SaleChanges, SaleView, SurchargeBody, TypesView } from './sale.ts';
import type { Sales } from './sales.ts';
import type { SeriesRoom } from './series.ts';
import { seriesRoutes } from './series-routes.ts';

const id = z.string().min(1).max(64);
const IdParams = z.object({ id });
const moment = z.number().int().min(0);
const HallView = z.object({
  id,
  name: z.string(),
  ranks: z.array(z.object({ id: z.string(), name: z.string() })),
  seats: z.array(z.object({ id, rank: z.string(), row: z.string(), number: z.string() })),
});
const BlockView = z.object({
  id,
  seat: id.nullable(),
  kind: z.enum(['good', 'conditional']).nullable(),
  reason: z.string().nullable(),
  value: z.number().int().nullable(),
});
const BLOCKS_AT_ONCE = 500;

export interface SaleOffice {
  readonly store: Store;
  readonly halls: Halls;
  readonly sales: Sales;
  readonly places: Places;
  readonly channels: Channels;
  readonly series: SeriesRoom;
  readonly clock: Clock;
  readonly random: Random;
}

/** Halls, prices and blocks, for administrators. Under `/api/v1`. */
export function saleOfficeRoutes(parts: SaleOffice): FastifyPluginAsyncZod {
  return async (api) => {
    await api.register(hallRoutes(parts));
    await api.register(settingRoutes(parts));
    await api.register(surchargeRoutes(parts));
    await api.register(extraRoutes(parts));
    await api.register(seriesRoutes(parts));
    await api.register(blockRoutes(parts));
    await api.register(channelRoutes(parts));
  };
}

function hallRoutes({ halls, clock }: SaleOffice): FastifyPluginAsyncZod {
  const tags = ['halls'];
  const Listed = z.object({ id, name: z.string(), seats: z.number().int() });
  return async (api) => {
    api.get(
      '/halls',
      {
        schema: { tags, summary: 'Halls', response: { 200: z.object({ halls: z.array(Listed) }) } },
      },
      async () => ({ halls: halls.list() }),
    );
    api.post(
      '/halls',
      {
        bodyLimit: 8 * 1024 * 1024,
        schema: { tags, summary: 'Adds a hall', body: NewHall, response: { 201: HallView } },
      },
      async (request, reply) =>
        reply.status(201).send((await halls.add(request.body, clock.now())) as never),
    );
    api.get(
      '/halls/:id',
      { schema: { tags, summary: 'One hall', params: IdParams, response: { 200: HallView } } },
      async ({ params }) => halls.find(params.id) as never,
    );
  };
}

function settingRoutes({ sales }: SaleOffice): FastifyPluginAsyncZod {
  const tags = ['sale'];
  const params = IdParams;
  return async (api) => {
    api.get(
      '/performances/:id/sale',
      { schema: { tags, params, summary: 'How it is sold', response: { 200: SaleView } } },
      ({ params: { id: of } }) => sales.settings(of),
    );
    api.patch(
      '/performances/:id/sale',
      {
        schema: {
          ...{ tags, params, body: SaleChanges },
          summary: 'Changes how it is sold; opening is refused while something is missing (P10)',
          response: { 200: SaleView },
        },
      },
      ({ params: { id: of }, body }) => sales.change(of, body),
    );
    api.get(
      '/performances/:id/ticket-types',
      { schema: { tags, params, summary: 'Ticket types, prices', response: { 200: TypesView } } },
      async ({ params: { id: of } }) => ({ types: (await sales.types(of)) as never }),
    );
    api.put(
      '/performances/:id/ticket-types',
      {
        schema: {
          ...{ tags, params, body: NewTypes },
          summary: 'Sets all ticket types with present and planned prices (P7)',
          response: { 200: TypesView },
        },
      },
      async ({ params: { id: of }, body }) => {
        await sales.putTypes(of, body);
        return { types: (await sales.types(of)) as never };
      },
    );
    api.post(
      '/performances/:id/duplicate',
      {
        schema: {
          ...{ tags, params, body: z.strictObject({ starts: moment }) },
          summary: 'A copy with settings, never sales or the national number (P6)',
          response: { 201: z.object({ id }) },
        },
      },
      async ({ params: { id: of }, body }, reply) =>
        reply.status(201).send(await sales.duplicate(of, body.starts)),
    );
  };
}

function surchargeRoutes({ sales }: SaleOffice): FastifyPluginAsyncZod {
  const tags = ['sale'];
  const params = IdParams;
  return async (api) => {
    api.put(
      '/performances/:id/surcharges',
      {
        schema: {
          ...{ tags, params, body: SurchargeBody },
          summary: 'Sets surcharges and discounts of one performance',
          response: { 204: z.null() },
        },
      },
      async ({ params: { id: of }, body }, reply) => {
        await sales.putSurcharges(of, body);
        return reply.status(204).send(null);
      },
    );
    api.put(
      '/surcharges',
      {
        schema: {
          ...{ tags, body: SurchargeBody },
          summary: 'Sets surcharges and discounts of all performances',
          response: { 204: z.null() },
        },
      },
      async ({ body }, reply) => {
        await sales.putSurcharges(null, body);
        return reply.status(204).send(null);
      },
    );
  };
}

const NewBlocks = z.strictObject({
  seats: z.array(id).max(BLOCKS_AT_ONCE).default([]),
  count: z.number().int().min(0).max(BLOCKS_AT_ONCE).default(0).describe('free seating'),
  kind: z.enum(['good', 'conditional']).describe('good lowers the capacity'),
  reason: z.string().trim().min(1).max(200),
  value: z.number().int().min(0).default(0).describe('of one seat, in whole cents'),
});

/** Inside a batch: blocks free places; gives how many (P9). */
function block(
  { places, sales, clock, random }: SaleOffice,
  performance: string,
  { seats, count, kind, reason, value }: z.infer<typeof NewBlocks>,
): number {
  const sold = sales.store.find(performance, 'batch');
  if (!sold) throw saleError('performance-not-found');
  const now = clock.now();
  places.sweep(now);
  const free = places.free(sold, now, 'batch');
  const named = sold.plan === null ? Array<null>(count).fill(null) : seats;
  if (named.length > free.count || seats.some((seat) => !free.seats.has(seat))) {
    throw saleError('places-taken');
  }
  for (const seat of named) {
    const common = { performance, seat, rank: '', state: 'blocked' as const };
    const none = { type: null, basket: null, order_id: null, until: null };
    const id = Buffer.from(random(8)).toString('hex');
    places.add({ id, ...common, ...none, block: kind, reason, value, created: now });
  }
  return named.length;
}

function blockRoutes(parts: SaleOffice): FastifyPluginAsyncZod {
  const { store, places } = parts;
  const tags = ['sale'];
  const params = IdParams;
  return async (api) => {
    api.get(
      '/performances/:id/blocks',
      {
        schema: {
          ...{ tags, params, summary: 'Blocked seats' },
          response: { 200: z.object({ blocks: z.array(BlockView) }) },
        },
      },
      async ({ params: { id: of } }) => ({
        blocks: places.blocksOf(of).map((row) => ({ ...row, kind: row.block })),
      }),
    );
    api.post(
      '/performances/:id/blocks',
      {
        schema: {
          ...{ tags, params, body: NewBlocks },
          summary: 'Blocks free seats; they are never sold, drawn or best available (P9)',
          response: { 201: z.object({ blocked: z.number().int() }) },
        },
      },
      async ({ params: { id: of }, body }, reply) => {
        const blocked = await store.batch(() => block(parts, of, body));
        return reply.status(201).send({ blocked });
      },
    );
    api.delete(
      '/performances/:id/blocks/:block',
      {
        schema: {
          ...{ tags, params: IdParams.extend({ block: id }) },
          summary: 'Releases a blocked seat',
          response: { 204: z.null() },
        },
      },
      async ({ params: { id: of, block } }, reply) => {
        const row = places.blocksOf(of).find((one) => one.id === block);
        if (!row) throw saleError('places-invalid');
        await store.batch(() => places.remove(row.id));
        return reply.status(204).send(null);
      },
    );
  };
}

function channelRoutes({ channels, clock }: SaleOffice): FastifyPluginAsyncZod {
  const tags = ['sale'];
  const Listed = z.object({ name: z.string(), kind: z.literal('kiosk'), created: moment });
  return async (api) => {
    api.get(
      '/channels',
      {
        schema: {
          ...{ tags, summary: 'Sales channels beside the website' },
          response: { 200: z.object({ channels: z.array(Listed) }) },
        },
      },
      async () => ({ channels: channels.list() }),
    );
    api.post(
      '/channels',
      {
        schema: {
          ...{ tags, body: z.strictObject({ name: z.string().trim().min(1).max(100) }) },
          summary: 'Makes a token for a kiosk; it is shown once (P4)',
          response: { 201: z.object({ token: z.string() }) },
        },
      },
      async (request, reply) =>
        reply.status(201).send(await channels.add(request.body.name, clock.now())),
    );
  };
}
