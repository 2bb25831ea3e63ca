import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ExtrasView, NewExtras } from './extras.ts';
import type { SaleOffice } from './staff-routes.ts';

/** What is sold along with tickets (P7). Under `/api/v1`. */
export function extraRoutes({ sales }: Pick<SaleOffice, 'sales'>): FastifyPluginAsyncZod {
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
      async ({ params: { id }, body }) => {
        await sales.putExtras(id, body);
        return { extras: (await sales.extrasOf(id)) as never };
      },
    );
  };
}
