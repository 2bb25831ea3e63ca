import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { differences, type Who } from '../../change-log.ts';
import { SurchargeBody } from './sale.ts';
import type { SaleOffice } from './staff-routes.ts';

const tags = ['sale'];
const params = z.object({ id: z.string().min(1).max(64) });

/** Surcharges and discounts (P7), of one performance and of all. Under `/api/v1`. */
export function surchargeRoutes(parts: Pick<SaleOffice, 'sales' | 'audit'>): FastifyPluginAsyncZod {
  const { sales, audit } = parts;
  type Body = z.infer<typeof SurchargeBody>;
  const lines = (list: Body['surcharges']) =>
    Object.fromEntries(list.map(({ name, per, cents }) => [name, `${cents} per ${per}`]));
  const put = (caller: Who, subject: string | null, body: Body) =>
    sales.putSurcharges(subject, body, (old, next) => {
      const details = differences(lines(old), lines(next));
      const what = 'surcharges-changed';
      audit.note(caller, { what, details, subject: subject ?? undefined });
    });
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
      async ({ params: { id }, body, caller }, reply) => {
        await put(caller, id, body);
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
      async ({ body, caller }, reply) => {
        await put(caller, null, body);
        return reply.status(204).send(null);
      },
    );
  };
}
