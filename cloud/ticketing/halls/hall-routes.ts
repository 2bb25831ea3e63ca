import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Clock } from '../../ports.ts';
import { HallChange, NewHall, NewSeat, Rank } from './hall.ts';
import type { Halls } from './hall-store.ts';

/** Room for as many seats as a hall may have. */
const BODY_BYTES_MAX = 8 * 1024 * 1024;
const id = z.string().min(1).max(64);
const IdParams = z.object({ id });
const HallView = z.object({
  ...{ id, name: z.string(), ranks: z.array(Rank) },
  seats: z.array(NewSeat.extend({ id })),
});

/** Halls with ranks and seats. Under `/api/v1`. */
export function hallRoutes({ halls, clock }: { halls: Halls; clock: Clock }) {
  const tags = ['halls'];
  const Listed = z.object({ id, name: z.string(), seats: z.number().int() });
  const routes: FastifyPluginAsyncZod = async (api) => {
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
        bodyLimit: BODY_BYTES_MAX,
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
    api.patch(
      '/halls/:id',
      {
        bodyLimit: BODY_BYTES_MAX,
        schema: {
          ...{ tags, params: IdParams, body: HallChange },
          summary: 'Renames a hall or changes its seats; what is sold, held or blocked stays',
          response: { 200: HallView },
        },
      },
      async ({ params, body }) => (await halls.change(params.id, body, clock.now())) as never,
    );
    api.delete(
      '/halls/:id',
      {
        schema: {
          ...{ tags, params: IdParams, summary: 'Removes a hall that no performance sells' },
          response: { 204: z.null() },
        },
      },
      async ({ params }, reply) => {
        await halls.remove(params.id);
        return reply.status(204).send(null);
      },
    );
  };
  return routes;
}
