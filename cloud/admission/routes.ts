import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Clock } from '../ports.ts';
import type { Store } from '../store/index.ts';
import { admissionError } from './errors.ts';
import { openEventStream } from './event-stream.ts';
import type { Feed, Scan } from './feed.ts';
import { countAdmissions, listScans } from './scan-list-store.ts';

const PAGE_MAX = 1_000;
const MINUTES_MAX = 24 * 60;
const MINUTE_MS = 60_000;

const moment = z.number().int();
const ScanView = z.object({
  n: z.number().int(),
  gateway: z.string(),
  scanId: z.string(),
  lane: z.string(),
  direction: z.enum(['entry', 'exit']),
  performance: z.string().nullable(),
  ticket: z.string().nullable(),
  decidedBy: z.enum(['cloud', 'gateway', 'staff']),
  verdict: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
  at: moment,
  result: z.enum(['passed', 'late', 'released', 'cancelled', 'unsettled']).nullable(),
  resultAt: moment.nullable(),
  conflict: z.boolean(),
  split: z.boolean().describe('admitted while not every gateway of the venue was heard'),
  unconfirmed: z.boolean().describe('admitted without the word of the ticket’s home gateway'),
});
const Problem = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
});
const problems = { '4xx': Problem, '5xx': Problem };
const filters = {
  performance: z.string().max(64).optional(),
  gateway: z.string().max(64).optional(),
  lane: z.string().max(64).optional(),
};

/** Routes of scans: list, live stream, admissions per minute. */
export function admissionRoutes(parts: {
  store: Store;
  clock: Clock;
  feed: Feed<Scan>;
}): FastifyPluginAsyncZod {
  const { store } = parts;
  const tags = ['scans'];
  return async (api) => {
    api.get(
      '/scans',
      {
        schema: {
          tags,
          summary: 'Scans, newest first; with `after`, oldest first from there on',
          querystring: z.object({
            ...filters,
            after: z.coerce.number().int().min(0).optional(),
            before: z.coerce.number().int().min(1).optional(),
            limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(100),
          }),
          response: { 200: z.object({ scans: z.array(ScanView) }), ...problems },
        },
      },
      async ({ query }) => ({ scans: await listScans(store, query) }),
    );
    api.get(
      '/scans/stream',
      {
        schema: {
          tags,
          summary: 'Scans as they become durable, as server-sent events named `scan`',
          querystring: z.object(filters),
        },
      },
      async (request, reply) => {
        const wanted = request.query;
        const stream = openEventStream(parts, reply.raw, (scan) =>
          fits(scan, wanted) ? { event: 'scan', id: scan.n, data: scan } : undefined,
        );
        if (!stream) throw admissionError('stream-full');
        reply.hijack();
      },
    );
    await api.register(countRoute(parts));
  };
}

function countRoute({ store, clock }: { store: Store; clock: Clock }): FastifyPluginAsyncZod {
  return async (api) => {
    api.get(
      '/admissions',
      {
        schema: {
          tags: ['scans'],
          summary: 'Passages per minute and lane',
          querystring: z.object({
            performance: filters.performance,
            minutes: z.coerce.number().int().min(1).max(MINUTES_MAX).default(60),
          }),
          response: {
            200: z.object({
              now: moment,
              admissions: z.array(
                z.object({
                  minute: moment,
                  gateway: z.string(),
                  lane: z.string(),
                  entries: z.number().int(),
                  exits: z.number().int(),
                }),
              ),
            }),
            ...problems,
          },
        },
      },
      async ({ query: { performance, minutes } }) => {
        const now = clock.now();
        const since = now - (now % MINUTE_MS) - (minutes - 1) * MINUTE_MS;
        return { now, admissions: await countAdmissions(store, since, performance) };
      },
    );
  };
}

function fits(scan: Scan, wanted: { [name in keyof typeof filters]?: string | undefined }) {
  return (['performance', 'gateway', 'lane'] as const).every(
    (name) => wanted[name] === undefined || scan[name] === wanted[name],
  );
}
