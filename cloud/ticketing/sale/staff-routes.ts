import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Clock, Random } from '../../ports.ts';
import type { Store } from '../../store/index.ts';
import { hallRoutes } from '../halls/hall-routes.ts';
import type { Halls } from '../halls/hall-store.ts';
import { blockRoutes } from './block-routes.ts';
import type { Channels } from './buyer.ts';
import { channelRoutes } from './channel-routes.ts';
import { extraRoutes } from './extra-routes.ts';
import type { Places } from './place-store.ts';
import { NewTypes, SaleChanges, SaleView, TypesView } from './sale.ts';
import type { Sales } from './sales.ts';
import type { SeriesRoom } from './series.ts';
import { seriesRoutes } from './series-routes.ts';
import { surchargeRoutes } from './surcharge-routes.ts';

const id = z.string().min(1).max(64);
const IdParams = z.object({ id });
const moment = z.number().int().min(0);

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
