import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ChangeLog, Who } from '../../change-log.ts';
import { saleError } from '../sale-errors.ts';
import type { Selling } from '../selling.ts';
import { BACKGROUND_BYTES_MAX } from './order-pdf.ts';

const KINDS = ['standard', 'secure'] as const;
const tags = ['delivery'];
const params = z.object({ kind: z.enum(KINDS) });
const View = z.object({
  kind: z.enum(KINDS),
  bytes: z.number().int(),
  changed: z.number().int(),
});

type Parts = Pick<Selling, 'pdf'> & { readonly audit: ChangeLog };

/** Pictures behind e-tickets (S4). Under `/api/v1`. */
export function backgroundRoutes(parts: Parts): FastifyPluginAsyncZod {
  return async (api) => {
    await api.register(settingRoutes(parts));
    await api.register(lookRoutes(parts));
  };
}

function settingRoutes({ pdf, audit }: Parts): FastifyPluginAsyncZod {
  const set = (caller: Who, kind: (typeof KINDS)[number], picture: Uint8Array | null) =>
    pdf.setBackground(kind, picture, () => {
      const details = { bytes: picture?.length ?? 0 };
      audit.note(caller, { what: 'ticket-design-changed', subject: kind, details });
    });
  return async (api) => {
    api.addContentTypeParser(
      ['image/png', 'image/jpeg'],
      { parseAs: 'buffer', bodyLimit: BACKGROUND_BYTES_MAX },
      (_, body, done) => done(null, body),
    );
    api.put(
      '/ticket-backgrounds/:kind',
      {
        bodyLimit: BACKGROUND_BYTES_MAX,
        schema: {
          ...{ tags, params, consumes: ['image/png', 'image/jpeg'] },
          summary: 'Uploads the background of e-tickets; secure ones may have their own (S4)',
          response: { 204: z.null() },
        },
      },
      async ({ params: { kind }, body, caller }, reply) => {
        await set(caller, kind, Buffer.isBuffer(body) ? body : new Uint8Array());
        return reply.status(204).send(null);
      },
    );
    api.delete(
      '/ticket-backgrounds/:kind',
      { schema: { tags, params, summary: 'Back to none', response: { 204: z.null() } } },
      async ({ params: { kind }, caller }, reply) => {
        await set(caller, kind, null);
        return reply.status(204).send(null);
      },
    );
  };
}

function lookRoutes({ pdf }: Pick<Selling, 'pdf'>): FastifyPluginAsyncZod {
  return async (api) => {
    api.get(
      '/ticket-backgrounds',
      {
        schema: {
          ...{ tags, summary: 'Which backgrounds are there' },
          response: { 200: z.object({ backgrounds: z.array(View) }) },
        },
      },
      async () => ({
        backgrounds: KINDS.flatMap((kind) => {
          const found = pdf.background(kind);
          return found ? [{ kind, bytes: found.picture.length, changed: found.changed }] : [];
        }),
      }),
    );
    api.get(
      '/ticket-backgrounds/:kind',
      { schema: { tags, params, summary: 'The picture' } },
      async ({ params: { kind } }, reply) => {
        const found = pdf.background(kind);
        if (!found) throw saleError('background-unknown');
        const headers = { 'content-type': found.type, 'cache-control': 'no-store' };
        return reply.headers(headers).send(Buffer.from(found.picture));
      },
    );
    api.get(
      '/ticket-backgrounds/:kind/example.pdf',
      {
        schema: {
          ...{ tags, params, summary: 'A made-up ticket on it, as PDF' },
          querystring: z.object({ language: z.enum(['nl', 'en']).default('nl') }),
        },
      },
      async ({ params: { kind }, query }, reply) => {
        const file = await pdf.example(kind, query.language);
        return reply.type('application/pdf').header('cache-control', 'no-store').send(file);
      },
    );
  };
}
