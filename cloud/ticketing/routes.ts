import type { Readable } from 'node:stream';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type ChangeLog, differences } from '../change-log.ts';
import {
  countTickets,
  findPerformance,
  listPerformances,
  listProductions,
} from './performance-store.ts';
import * as schema from './schemas.ts';
import { findTicket, listTickets } from './ticket-store.ts';
import type { Ticketing } from './ticketing.ts';

/** Tickets in one page at most. */
const PAGE_MAX = 1_000;
const problems = { '4xx': schema.Problem, '5xx': schema.Problem };
const IMPORT_TYPES = ['application/x-ndjson', 'application/jsonl', 'text/csv'];

/** Routes of productions, performances, tickets and the beacon. */
export function ticketingRoutes(ticketing: Ticketing, audit: ChangeLog): FastifyPluginAsyncZod {
  return async (api) => {
    await api.register(productionRoutes(ticketing, audit));
    await api.register(performanceRoutes(ticketing, audit));
    await api.register(ticketListRoutes(ticketing, audit));
    await api.register(ticketRoutes(ticketing, audit));
    await api.register(importRoute(ticketing, audit));
    api.get(
      '/beacon',
      {
        schema: {
          tags: ['tickets'],
          summary: 'The current beacon, for open portal pages',
          response: { 200: schema.BeaconView, ...problems },
        },
      },
      () => ticketing.beacons.current(),
    );
  };
}

function productionRoutes(ticketing: Ticketing, audit: ChangeLog): FastifyPluginAsyncZod {
  const { store } = ticketing;
  const tags = ['performances'];
  return async (api) => {
    api.get(
      '/productions',
      {
        schema: {
          tags,
          summary: 'All productions',
          response: { 200: z.object({ productions: z.array(schema.ProductionView) }), ...problems },
        },
      },
      async () => ({ productions: await listProductions(store) }),
    );
    api.post(
      '/productions',
      {
        schema: {
          tags,
          summary: 'Adds a production',
          body: schema.NewProduction,
          response: { 201: schema.ProductionView, ...problems },
        },
      },
      async (request, reply) =>
        reply.status(201).send(await ticketing.addProduction(request.body.title)),
    );
    api.patch(
      '/productions/:id',
      {
        schema: {
          tags,
          summary: 'Gives a production another title',
          params: schema.IdParams,
          body: schema.NewProduction,
          response: { 200: schema.ProductionView, ...problems },
        },
      },
      ({ params: { id: subject }, body, caller }) =>
        ticketing.changeProduction(subject, body.title, (...title) =>
          audit.note(caller, { what: 'production-changed', subject, details: { title } }),
        ),
    );
  };
}

function performanceRoutes(ticketing: Ticketing, audit: ChangeLog): FastifyPluginAsyncZod {
  const { store } = ticketing;
  const tags = ['performances'];
  return async (api) => {
    api.get(
      '/performances',
      {
        schema: {
          tags,
          summary: 'All performances by start',
          response: {
            200: z.object({ performances: z.array(schema.PerformanceView) }),
            ...problems,
          },
        },
      },
      async () => ({ performances: await listPerformances(store) }),
    );
    api.post(
      '/performances',
      {
        schema: {
          tags,
          summary: 'Adds a performance',
          body: schema.NewPerformance,
          response: { 201: schema.PerformanceView, ...problems },
        },
      },
      async ({ body, caller }, reply) => {
        const made = await ticketing.addPerformance(body, (subject) => {
          const { production, hall, starts, secure } = body;
          const details = { production, hall, starts, secure };
          audit.note(caller, { what: 'performance-added', subject, details });
        });
        return reply.status(201).send(made);
      },
    );
    await api.register(oneRoutes(ticketing, audit));
  };
}

function oneRoutes(ticketing: Ticketing, audit: ChangeLog): FastifyPluginAsyncZod {
  const { store } = ticketing;
  const tags = ['performances'];
  return async (api) => {
    api.get(
      '/performances/:id',
      {
        schema: {
          tags,
          summary: 'One performance with its numbers',
          params: schema.IdParams,
          response: { 200: schema.PerformanceDetail, ...problems },
        },
      },
      async ({ params: { id } }) => ({
        ...(await findPerformance(store, id)),
        ...(await countTickets(store, id)),
      }),
    );
    api.patch(
      '/performances/:id',
      {
        schema: {
          tags,
          summary: 'Changes a performance',
          params: schema.IdParams,
          body: schema.PerformanceChanges,
          response: { 200: schema.PerformanceView, ...problems },
        },
      },
      ({ params: { id: subject }, body, caller }) =>
        ticketing.changePerformance(subject, body, (old, next) => {
          const details = differences(old, next);
          audit.note(caller, { what: 'performance-changed', subject, details });
        }),
    );
  };
}

function ticketListRoutes(ticketing: Ticketing, audit: ChangeLog): FastifyPluginAsyncZod {
  const { store } = ticketing;
  const tags = ['tickets'];
  return async (api) => {
    api.get(
      '/performances/:id/tickets',
      {
        schema: {
          tags,
          summary: 'Tickets of a performance, by id',
          params: schema.IdParams,
          querystring: z.object({
            after: z.string().max(64).optional().describe('the last id of the page before'),
            limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(100),
            status: schema.StatusFilter,
          }),
          response: {
            200: z.object({
              tickets: z.array(schema.TicketView),
              next: z.string().nullable().describe('`after` of the next page'),
            }),
            ...problems,
          },
        },
      },
      async ({ params: { id }, query }) => {
        await findPerformance(store, id);
        const tickets = await listTickets(store, id, query);
        const next = tickets.length === query.limit ? (tickets.at(-1)?.id ?? null) : null;
        return { tickets, next };
      },
    );
    api.post(
      '/performances/:id/tickets',
      {
        schema: {
          tags,
          summary: 'Makes one ticket; its code is answered here and never again',
          params: schema.IdParams,
          body: schema.NewTicket,
          response: { 201: schema.MadeTicket, ...problems },
        },
      },
      async ({ params: { id: performance }, body, caller }, reply) => {
        const { kind, code, status, uses, entrances, ...label } = body;
        const order = { kind, code, status, uses, entrances, label };
        const made = await ticketing.addTicket(performance, order, (subject) => {
          const details = { performance, status, uses };
          audit.note(caller, { what: 'ticket-made', subject, details });
        });
        return reply.status(201).send(made);
      },
    );
  };
}

function ticketRoutes(ticketing: Ticketing, audit: ChangeLog): FastifyPluginAsyncZod {
  const { store } = ticketing;
  const tags = ['tickets'];
  return async (api) => {
    api.get(
      '/tickets/:id',
      {
        schema: {
          tags,
          summary: 'One ticket',
          params: schema.IdParams,
          response: { 200: schema.TicketView, ...problems },
        },
      },
      ({ params }) => findTicket(store, params.id),
    );
    api.patch(
      '/tickets/:id',
      {
        schema: {
          tags,
          summary: 'Blocks, cancels or changes a ticket; lanes hear of it at once',
          params: schema.IdParams,
          body: schema.TicketChange,
          response: { 200: schema.TicketView, ...problems },
        },
      },
      ({ params: { id: subject }, body, caller }) =>
        ticketing.changeTicket(subject, body, (old, next) => {
          const details = differences(old, next);
          audit.note(caller, { what: 'ticket-changed', subject, details });
        }),
    );
    api.post(
      '/tickets/:id/key',
      {
        schema: {
          tags,
          summary: 'Binds a phone’s public key; older keys of the ticket no longer admit',
          params: schema.IdParams,
          body: schema.NewKey,
          response: { 200: schema.BoundKey, ...problems },
        },
      },
      ({ params, body }) => ticketing.bindKey(params.id, body.publicKey),
    );
  };
}

function importRoute(ticketing: Ticketing, audit: ChangeLog): FastifyPluginAsyncZod {
  return async (api) => {
    // The body goes through row by row; it is never held as a whole, nor taken in another form.
    api.removeAllContentTypeParsers();
    api.addContentTypeParser(IMPORT_TYPES, (_request, body, done) => done(null, body));
    api.post(
      '/performances/:id/tickets/import',
      {
        schema: {
          tags: ['tickets'],
          summary: 'Imports tickets as JSON lines or CSV: all of them, or none',
          consumes: IMPORT_TYPES,
          params: schema.IdParams,
          response: { 200: schema.ImportView, ...problems },
        },
      },
      (request) => {
        const csv = /^text\/csv\b/.test(request.headers['content-type'] ?? '');
        const format = csv ? 'csv' : 'json-lines';
        const { caller, params } = request;
        const { id: subject } = params;
        return ticketing.importTickets(subject, request.body as Readable, format, (count) =>
          audit.note(caller, { what: 'tickets-imported', subject, details: { count } }),
        );
      },
    );
  };
}
