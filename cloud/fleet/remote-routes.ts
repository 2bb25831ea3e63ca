import { COMMANDS } from '@gatehouse/protocol';
import { EntranceConfiguration } from '@gatehouse/provisioning';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { allow } from '../http/index.ts';
import type { Remote } from './remote.ts';

const ById = z.object({ id: z.string().min(1).max(64) });
const Change = EntranceConfiguration.omit({ venue: true }).describe(
  'with the version that it was made from; lanes keep their ids',
);
const Order = z.object({ do: z.enum(COMMANDS), lane: z.string().min(1).max(64).optional() });
const Outcome = z.object({
  done: z.boolean(),
  code: z.string().optional().describe('why it was not done'),
});

/** Changing what a gateway is, and telling it to do something now. */
export function remoteRoutes(remote: Remote): FastifyPluginAsyncZod {
  return async (api) => {
    const tags = ['fleet'];
    api.put(
      '/gateways/:id/configuration',
      {
        schema: {
          ...{ tags, params: ById, body: Change },
          response: { 200: z.object({ version: z.number() }) },
        },
      },
      async ({ params, body }) => ({ version: await remote.configure(params.id, body) }),
    );
    api.post(
      '/gateways/:id/commands',
      {
        ...allow('door-lead'),
        schema: { tags, params: ById, body: Order, response: { 200: Outcome } },
      },
      async ({ params, body, caller }) => {
        const { done, code } = await remote.command(params.id, { ...body, by: caller.name });
        return { done, ...(code === undefined ? {} : { code }) };
      },
    );
  };
}
