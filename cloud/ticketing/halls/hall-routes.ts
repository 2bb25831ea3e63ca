import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ChangeLog } from '../../change-log.ts';
import type { Clock } from '../../ports.ts';
import { HallChange, NewHall, NewSeat, Rank } from './hall.ts';
import type { Halls } from './hall-store.ts';

/** Room for as many seats as a hall may have. */
const BODY_BYTES_MAX = 8 * 1024 * 1024;
const id = z.string().min(1).max(64);
const tags = ['halls'];
const IdParams = z.object({ id });
const HallView = z.object({
  ...{ id, name: z.string(), ranks: z.array(Rank) },
  seats: z.array(NewSeat.extend({ id })),
});

/**
 * Inside the transaction that renames a hall: entrances learn its new name.
 * @returns how many, and what to do once it is on disk
 */
export type HallRenamed = (
  old: string,
  next: string,
) => { readonly gateways: number; after(): Promise<void> };

interface HallOffice {
  readonly halls: Halls;
  readonly clock: Clock;
  readonly audit: ChangeLog;
  readonly hallRenamed?: HallRenamed | undefined;
}

/** Halls with ranks and seats. Under `/api/v1`. */
export function hallRoutes(parts: HallOffice): FastifyPluginAsyncZod {
  return async (api) => {
    await api.register(listRoutes(parts));
    await api.register(oneRoutes(parts));
  };
}

function listRoutes({ halls, clock, audit }: HallOffice): FastifyPluginAsyncZod {
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
        bodyLimit: BODY_BYTES_MAX,
        schema: { tags, summary: 'Adds a hall', body: NewHall, response: { 201: HallView } },
      },
      async ({ body, caller }, reply) => {
        const hall = await halls.add(body, clock.now(), (subject) => {
          const details = { name: body.name, seats: body.seats.length };
          audit.note(caller, { what: 'hall-added', subject, details });
        });
        return reply.status(201).send(hall as never);
      },
    );
  };
}

function oneRoutes({ halls, clock, audit, hallRenamed }: HallOffice): FastifyPluginAsyncZod {
  return async (api) => {
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
      async ({ params: { id: subject }, body, caller }) => {
        const { name, plan } = body;
        let renamed: ReturnType<HallRenamed> | undefined;
        const changed = await halls.change(subject, body, clock.now(), (old) => {
          const isRenamed = name !== undefined && name !== old.name;
          renamed = isRenamed ? hallRenamed?.(old.name, name) : undefined;
          const details = {
            ...(isRenamed ? { name: [old.name, name] } : {}),
            ...(renamed?.gateways ? { gateways: renamed.gateways } : {}),
            ...(plan ? { seats: [old.seats.length, plan.seats.length] } : {}),
          };
          audit.note(caller, { what: 'hall-changed', subject, details });
        });
        await renamed?.after();
        return changed as never;
      },
    );
    api.delete(
      '/halls/:id',
      {
        schema: {
          ...{ tags, params: IdParams, summary: 'Removes a hall that no performance sells' },
          response: { 204: z.null() },
        },
      },
      async ({ params: { id: subject }, caller }, reply) => {
        await halls.remove(subject, ({ name }) =>
          audit.note(caller, { what: 'hall-removed', subject, details: { name } }),
        );
        return reply.status(204).send(null);
      },
    );
  };
}
