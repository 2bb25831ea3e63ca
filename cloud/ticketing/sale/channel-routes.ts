import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { SaleOffice } from './staff-routes.ts';

const tags = ['sale'];
const id = z.string().regex(/^[0-9a-f]{16}$/);

/** Kiosks and other channels beside the website (P4). Under `/api/v1`. */
export function channelRoutes(
  parts: Pick<SaleOffice, 'channels' | 'clock' | 'audit'>,
): FastifyPluginAsyncZod {
  const { channels, clock, audit } = parts;
  const Listed = z.object({
    ...{ id, name: z.string(), kind: z.literal('kiosk'), created: z.number().int() },
  });
  return async (api) => {
    api.get(
      '/channels',
      {
        schema: {
          ...{ tags, summary: 'Sales channels beside the website' },
          response: { 200: z.object({ channels: z.array(Listed) }) },
        },
      },
      async () => ({ channels: channels.list() }),
    );
    api.post(
      '/channels',
      {
        schema: {
          ...{ tags, body: z.strictObject({ name: z.string().trim().min(1).max(100) }) },
          summary: 'Makes a token for a kiosk; it is shown once (P4)',
          response: { 201: z.object({ id, token: z.string() }) },
        },
      },
      async ({ body: { name }, caller }, reply) => {
        const made = await channels.add(name, clock.now(), (subject) =>
          audit.note(caller, { what: 'kiosk-added', subject, details: { name } }),
        );
        return reply.status(201).send(made);
      },
    );
    api.delete(
      '/channels/:id',
      {
        schema: {
          ...{ tags, params: z.object({ id }) },
          summary: 'Withdraws the token of a kiosk; it is refused from now on',
          response: { 204: z.null() },
        },
      },
      async ({ params: { id: subject }, caller }, reply) => {
        const change = { what: 'kiosk-withdrawn', subject };
        await channels.remove(subject, () => audit.note(caller, change));
        return reply.status(204).send(null);
      },
    );
  };
}
