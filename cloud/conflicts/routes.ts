import { Readable } from 'node:stream';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { admissionError, type Feed, openEventStream, type ToldAlarm } from '../admission/index.ts';
import type { Clock } from '../ports.ts';
import type { Store } from '../store/index.ts';
import { CSV_HEADER, csvLine } from './csv.ts';
import type { ConflictDesk } from './desk.ts';
import { listClones, listGaps, listParked } from './parked-store.ts';
import { CloneView, ConflictView, GapView, ParkedView, problems } from './schemas.ts';

const PAGE_MAX = 500;
/** Conflicts read at once for the export, so that it never holds up scans. */
const CSV_PAGE = 100;
const NOTE_MAX = 2_000;

const filters = {
  performance: z.string().max(64).optional(),
  state: z.enum(['open', 'handled']).optional(),
};
const paged = { limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(100) };
const ById = z.object({ id: z.coerce.number().int().min(1) });
const tags = ['conflicts'];

interface Parts {
  readonly desk: ConflictDesk;
  readonly store: Store;
  readonly clock: Clock;
  /** Told as rows are set aside, lost, or come from a copied card. */
  readonly alarms: Feed<ToldAlarm>;
}

/** Routes of the conflict desk and of journal rows that were set aside. */
export function conflictRoutes(parts: Parts): FastifyPluginAsyncZod {
  return async (api) => {
    await api.register(listRoutes(parts));
    await api.register(oneRoutes(parts));
    await api.register(parkedRoute(parts));
  };
}

function listRoutes({ desk, clock }: Parts): FastifyPluginAsyncZod {
  return async (api) => {
    api.get(
      '/conflicts',
      {
        schema: {
          tags,
          summary: 'Conflicts, newest first; with `before`, from before that one on',
          querystring: z.object({
            ...filters,
            before: z.coerce.number().int().min(1).optional(),
            ...paged,
          }),
          response: {
            200: z.object({
              conflicts: z.array(ConflictView),
              open: z.number().int().describe('how many are open in all, of the performance'),
            }),
            ...problems,
          },
        },
      },
      async ({ query }) => ({
        conflicts: await desk.list(query),
        open: await desk.countOpen(query.performance),
      }),
    );
    api.get(
      '/conflicts.csv',
      { schema: { tags, summary: 'All conflicts as CSV', querystring: z.object(filters) } },
      async ({ query }, reply) => {
        reply.header('content-type', 'text/csv; charset=utf-8');
        reply.header('content-disposition', 'attachment; filename="conflicts.csv"');
        return reply.send(Readable.from(csvOf(desk, query)));
      },
    );
    api.get(
      '/conflicts/stream',
      {
        schema: {
          tags,
          summary:
            'Conflicts as they are found, become clearer and are handled, as server-sent events ' +
            'named `conflict`',
          querystring: z.object({ performance: filters.performance }),
        },
      },
      async (request, reply) => {
        const { performance } = request.query;
        const stream = openEventStream({ feed: desk.feed, clock }, reply.raw, (conflict) =>
          performance === undefined || performance === conflict.performance
            ? { event: 'conflict', id: conflict.id, data: conflict }
            : undefined,
        );
        if (!stream) throw admissionError('stream-full');
        reply.hijack();
      },
    );
  };
}

async function* csvOf(
  desk: ConflictDesk,
  filter: { performance?: string | undefined; state?: 'open' | 'handled' | undefined },
): AsyncGenerator<string> {
  yield CSV_HEADER;
  let before: number | undefined;
  for (;;) {
    const page = await desk.list({ ...filter, before, limit: CSV_PAGE });
    if (page.length > 0) yield page.map(csvLine).join('');
    before = page.at(-1)?.id;
    if (page.length < CSV_PAGE) return;
  }
}

function oneRoutes({ desk }: Parts): FastifyPluginAsyncZod {
  return async (api) => {
    api.get(
      '/conflicts/:id',
      {
        schema: {
          tags,
          summary: 'One conflict',
          params: ById,
          response: { 200: ConflictView, ...problems },
        },
      },
      async ({ params }) => desk.find(params.id),
    );
    api.post(
      '/conflicts/:id/handle',
      {
        schema: {
          tags,
          summary: 'Keeps what was done about a conflict; it then is handled',
          params: ById,
          body: z.strictObject({ note: z.string().trim().min(1).max(NOTE_MAX) }),
          response: { 200: ConflictView, ...problems },
        },
      },
      ({ params, body, caller }) => desk.handle(params.id, body.note, caller.name),
    );
  };
}

function parkedRoute({ store, clock, alarms }: Parts): FastifyPluginAsyncZod {
  return async (api) => {
    api.get(
      '/parked',
      {
        schema: {
          tags,
          summary:
            'Journal rows that were set aside, newest first; rows that gateways have lost; gateways ' +
            'that run twice',
          querystring: z.object({
            gateway: z.string().max(64).optional(),
            offset: z.coerce.number().int().min(0).default(0),
            ...paged,
          }),
          response: {
            200: z.object({
              parked: z.array(ParkedView),
              gaps: z.array(GapView),
              clones: z.array(CloneView),
            }),
            ...problems,
          },
        },
      },
      async ({ query }) => ({
        parked: await listParked(store, query),
        gaps: await listGaps(store, query.gateway),
        clones: await listClones(store, query.gateway),
      }),
    );
    api.get(
      '/parked/stream',
      {
        schema: {
          tags,
          summary: 'What is wrong with gateways’ journals, as server-sent events named `alarm`',
        },
      },
      async (_, reply) => {
        const stream = openEventStream({ feed: alarms, clock }, reply.raw, (alarm) => ({
          event: 'alarm',
          id: alarm.n,
          data: alarm,
        }));
        if (!stream) throw admissionError('stream-full');
        reply.hijack();
      },
    );
  };
}
