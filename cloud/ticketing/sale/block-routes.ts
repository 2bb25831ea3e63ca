import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Who } from '../../change-log.ts';
import { saleError } from '../sale-errors.ts';
import type { SaleOffice } from './staff-routes.ts';

const id = z.string().min(1).max(64);
const tags = ['sale'];
const params = z.object({ id });
const BLOCKS_AT_ONCE = 500;
const BlockView = z.object({
  id,
  seat: id.nullable(),
  kind: z.enum(['good', 'conditional']).nullable(),
  reason: z.string().nullable(),
  value: z.number().int().nullable(),
});
const Released = z.strictObject({ blocks: z.array(id).min(1).max(BLOCKS_AT_ONCE) });

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

/** Blocked seats (P9). Under `/api/v1`. */
export function blockRoutes(parts: SaleOffice): FastifyPluginAsyncZod {
  const { store, places, audit } = parts;
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
      async ({ params: { id: of }, body, caller }, reply) => {
        const blocked = await store.batch(() => {
          const count = block(parts, of, body);
          const { kind, reason, value } = body;
          const details = { count, kind, reason, value };
          audit.note(caller, { what: 'places-blocked', subject: of, details });
          return count;
        });
        return reply.status(201).send({ blocked });
      },
    );
    await api.register(releaseRoutes(parts));
  };
}

function releaseRoutes({ store, places, audit }: SaleOffice): FastifyPluginAsyncZod {
  const release = async (caller: Who, performance: string, ids: readonly string[]) => {
    const known = new Set(places.blocksOf(performance).map((row) => row.id));
    if (ids.some((one) => !known.has(one))) throw saleError('places-invalid');
    await store.batch(() => {
      for (const one of ids) places.remove(one);
      const details = { count: ids.length };
      audit.note(caller, { what: 'places-released', subject: performance, details });
    });
  };
  return async (api) => {
    api.delete(
      '/performances/:id/blocks/:block',
      {
        schema: {
          ...{ tags, params: params.extend({ block: id }) },
          summary: 'Releases a blocked seat',
          response: { 204: z.null() },
        },
      },
      async ({ params: { id: of, block: one }, caller }, reply) => {
        await release(caller, of, [one]);
        return reply.status(204).send(null);
      },
    );
    api.post(
      '/performances/:id/blocks/release',
      {
        schema: {
          ...{ tags, params, body: Released },
          summary: 'Releases many blocked seats, all or none',
          response: { 200: z.object({ released: z.number().int() }) },
        },
      },
      async ({ params: { id: of }, body, caller }) => {
        const ids = [...new Set(body.blocks)];
        await release(caller, of, ids);
        return { released: ids.length };
      },
    );
  };
}
