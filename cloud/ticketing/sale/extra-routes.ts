import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { differences } from '../../change-log.ts';
import { ExtrasView, NewExtras } from './extras.ts';
import type { SaleOffice } from './staff-routes.ts';

/** What is sold along with tickets (P7). Under `/api/v1`. */
export function extraRoutes(parts: Pick<SaleOffice, 'sales' | 'audit'>): FastifyPluginAsyncZod {
  const { sales, audit } = parts;
  const lines = (list: z.infer<typeof NewExtras>['extras']) =>
    Object.fromEntries(
      list.map(({ name, cents, most, stock }) => [name, `${cents}, ${most}, ${stock ?? '∞'}`]),
    );
  const tags = ['sale'];
  const params = z.object({ id: z.string().min(1).max(64) });
  return async (api) => {
    api.get(
      '/performances/:id/extras',
      {
        schema: { tags, params, summary: 'What is sold along', response: { 200: ExtrasView } },
      },
      async ({ params: { id } }) => ({ extras: (await sales.extrasOf(id)) as never }),
    );
    api.put(
      '/performances/:id/extras',
      {
        schema: {
          ...{ tags, params, body: NewExtras },
          summary: 'Sets all that is sold along; what is left out goes from baskets too (P7)',
          response: { 200: ExtrasView },
        },
      },
      async ({ params: { id }, body, caller }) => {
        await sales.putExtras(id, body, (old, next) => {
          const details = differences(lines([...old]), lines([...next]));
          audit.note(caller, { what: 'extras-changed', subject: id, details });
        });
        return { extras: (await sales.extrasOf(id)) as never };
      },
    );
  };
}
