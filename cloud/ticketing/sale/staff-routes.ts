import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type ChangeLog, differences } from '../../change-log.ts';
import type { Clock, Random } from '../../ports.ts';
import type { Store } from '../../store/index.ts';
import { type HallRenamed, hallRoutes } from '../halls/hall-routes.ts';
import type { Halls } from '../halls/hall-store.ts';
import { blockRoutes } from './block-routes.ts';
import type { Channels } from './buyer.ts';
import { channelRoutes } from './channel-routes.ts';
import { extraRoutes } from './extra-routes.ts';
import type { Places } from './place-store.ts';
import { type NewType, NewTypes, SaleChanges, SaleView, TypesView } from './sale.ts';
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
  readonly audit: ChangeLog;
  readonly clock: Clock;
  readonly random: Random;
  /** Left out where there are no entrances. */
  readonly hallRenamed?: HallRenamed | undefined;
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

function settingRoutes({ sales, audit }: SaleOffice): FastifyPluginAsyncZod {
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
      ({ params: { id: of }, body, caller }) =>
        sales.change(of, body, (old, next) =>
          audit.note(caller, {
            ...{ what: 'sale-changed', subject: of, details: differences(old, next) },
          }),
        ),
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
      async ({ params: { id: of }, body, caller }) => {
        await sales.putTypes(of, body, (old, next) => {
          const details = differences(typeLines(old), typeLines(next));
          audit.note(caller, { what: 'ticket-types-changed', subject: of, details });
        });
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
      async ({ params: { id: of }, body, caller }, reply) => {
        const made = await sales.duplicate(of, body.starts, undefined, (copy) =>
          audit.note(caller, { what: 'performance-added', subject: copy, details: { like: of } }),
        );
        return reply.status(201).send(made);
      },
    );
  };
}

/** Each ticket type as one line, so that the log says which of them changed and how. */
function typeLines(types: readonly z.infer<typeof NewType>[]): Record<string, string> {
  const line = ({ kind, kindReason, staffOnly, prices }: z.infer<typeof NewType>) =>
    [
      ...(kind === null ? [] : [kind]),
      ...(kindReason === '' ? [] : [kindReason]),
      ...(staffOnly ? ['staff only'] : []),
      ...prices.map(({ rank, validFrom, cents }) => {
        const from = validFrom > 0 ? ` from ${new Date(validFrom).toISOString()}` : '';
        return `${rank === '' ? '' : `${rank} `}${cents}${from}`;
      }),
    ].join(', ');
  return Object.fromEntries(types.map((type) => [type.name, line(type)]));
}
