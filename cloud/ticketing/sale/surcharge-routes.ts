import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { SurchargeBody } from './sale.ts';
import type { Sales } from './sales.ts';

const tags = ['sale'];
const params = z.object({ id: z.string().min(1).max(64) });

/** Surcharges and discounts (P7), of one performance and of all. Under `/api/v1`. */
export function surchargeRoutes({ sales }: { sales: Sales }): FastifyPluginAsyncZod {
  return async (api) => {
    api.get(
      '/performances/:id/surcharges',
      {
        schema: {
          ...{ tags, params, summary: 'Surcharges and discounts of one performance alone' },
          response: { 200: SurchargeBody },
        },
      },
      async ({ params: { id } }) => ({ surcharges: await sales.surchargesOf(id) }),
    );
    api.put(
      '/performances/:id/surcharges',
      {
        schema: {
          ...{ tags, params, body: SurchargeBody },
          summary: 'Sets surcharges and discounts of one performance',
          response: { 204: z.null() },
        },
      },
      async ({ params: { id }, body }, reply) => {
        await sales.putSurcharges(id, body);
        return reply.status(204).send(null);
      },
    );
    api.get(
      '/surcharges',
      {
        schema: {
          ...{ tags, summary: 'Surcharges and discounts of all performances' },
          response: { 200: SurchargeBody },
        },
      },
      async () => ({ surcharges: await sales.surchargesOf(null) }),
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
