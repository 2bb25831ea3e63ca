import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { differences } from '../../change-log.ts';
import type { SaleOffice } from './staff-routes.ts';

const id = z.string().min(1).max(64);
const moment = z.number().int().min(0).describe('milliseconds since 1970');
const name = z.string().trim().min(1).max(100);
const SeriesView = z.object({
  ...{ id, name },
  pattern: id.describe('the performance whose settings a new one starts from'),
});
const Listed = SeriesView.extend({ performances: z.number().int() });
const Whole = SeriesView.extend({
  performances: z.array(z.object({ id, title: z.string(), starts: moment, open: z.boolean() })),
});
const Change = z.strictObject({ name, pattern: id }).partial();

type Parts = Pick<SaleOffice, 'series' | 'audit'>;

/** Series of performances (P6). Under `/api/v1`. */
export function seriesRoutes(parts: Parts): FastifyPluginAsyncZod {
  return async (api) => {
    await api.register(listRoutes(parts));
    await api.register(oneRoutes(parts));
  };
}

const tags = ['series'];
const params = z.object({ id });

function listRoutes({ series, audit }: Parts): FastifyPluginAsyncZod {
  return async (api) => {
    api.get(
      '/series',
      {
        schema: {
          ...{ tags, summary: 'Series of performances' },
          response: { 200: z.object({ series: z.array(Listed) }) },
        },
      },
      async () => ({ series: series.list() }),
    );
    api.post(
      '/series',
      {
        schema: {
          ...{ tags, body: z.strictObject({ name, performance: id }) },
          summary: 'Begins a series with a performance, which becomes its pattern',
          response: { 201: SeriesView },
        },
      },
      async ({ body: { name: called, performance }, caller }, reply) => {
        const made = await series.add(called, performance, (subject) => {
          const details = { name: called, performance };
          audit.note(caller, { what: 'series-added', subject, details });
        });
        return reply.status(201).send(made);
      },
    );
  };
}

function oneRoutes({ series, audit }: Parts): FastifyPluginAsyncZod {
  return async (api) => {
    api.get(
      '/series/:id',
      { schema: { tags, params, summary: 'One series', response: { 200: Whole } } },
      async (request) => series.find(request.params.id),
    );
    api.patch(
      '/series/:id',
      {
        schema: {
          ...{ tags, params, body: Change },
          summary: 'Gives it another name or pattern',
          response: { 200: Whole },
        },
      },
      async ({ params: { id: of }, body, caller }) => {
        const { name: called, pattern } = body;
        const change = {
          ...(called === undefined ? {} : { name: called }),
          ...(pattern === undefined ? {} : { pattern }),
        };
        await series.change(of, change, (old, next) => {
          const details = differences(old, next);
          audit.note(caller, { what: 'series-changed', subject: of, details });
        });
        return series.find(of);
      },
    );
    api.delete(
      '/series/:id',
      {
        schema: {
          ...{ tags, params, summary: 'Ends a series; its performances stay' },
          response: { 204: z.null() },
        },
      },
      async ({ params: { id: subject }, caller }, reply) => {
        await series.remove(subject, ({ name }) =>
          audit.note(caller, { what: 'series-ended', subject, details: { name } }),
        );
        return reply.status(204).send(null);
      },
    );
    api.post(
      '/series/:id/performances',
      {
        schema: {
          ...{ tags, params, body: z.strictObject({ starts: moment }) },
          summary: 'A new performance with the settings of the pattern, never its sales (P6)',
          response: { 201: z.object({ id }) },
        },
      },
      async ({ params: { id: of }, body, caller }, reply) => {
        const made = await series.perform(of, body.starts, (subject) => {
          audit.note(caller, { what: 'performance-added', subject, details: { series: of } });
        });
        return reply.status(201).send(made);
      },
    );
  };
}
