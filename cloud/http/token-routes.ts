import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ChangeLog } from '../change-log.ts';
import type { Clock, Random } from '../ports.ts';
import type { Store } from '../store/index.ts';
import { httpError } from './errors.ts';
import { listTokens, removeToken } from './token-store.ts';
import { makeToken, tokenIdOf } from './tokens.ts';

const Role = z.enum(['administrator', 'reader']);
const Listed = z.object({
  id: z.string().describe('the beginning of its SHA-256'),
  name: z.string(),
  role: Role,
  created: z.number().int().describe('milliseconds since 1970'),
});
const ById = z.object({ id: z.string().regex(/^[0-9a-f]{16}$/) });

/** Makes, lists and withdraws API tokens. A token is shown once, in the answer that makes it. */
export function tokenRoutes(parts: {
  store: Store;
  clock: Clock;
  random: Random;
  audit: ChangeLog;
}): FastifyPluginAsyncZod {
  const { store, audit } = parts;
  const tags = ['tokens'];
  return async (api) => {
    api.get(
      '/tokens',
      {
        schema: {
          tags,
          summary: 'All API tokens, without the tokens themselves',
          response: { 200: z.object({ tokens: z.array(Listed) }) },
        },
      },
      async () => {
        const tokens = await listTokens(store);
        return {
          tokens: tokens.map(({ digest, ...rest }) => ({ id: tokenIdOf(digest), ...rest })),
        };
      },
    );
    api.post(
      '/tokens',
      {
        schema: {
          tags,
          summary: 'Makes an API token',
          body: z.strictObject({ name: z.string().trim().min(1).max(100), role: Role }),
          response: { 201: z.object({ id: z.string(), token: z.string().describe('shown once') }) },
        },
      },
      async ({ body: { name, role }, caller }, reply) => {
        const made = await makeToken(parts, name, role, (subject) =>
          audit.note(caller, { what: 'token-made', subject, details: { name, role } }),
        );
        return reply.status(201).send(made);
      },
    );
    api.delete(
      '/tokens/:id',
      {
        schema: {
          tags,
          summary: 'Withdraws an API token; the last administrator’s stays',
          params: ById,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const { id: subject } = request.params;
        const outcome = await removeToken(store, subject, ({ name, role }) =>
          audit.note(request.caller, {
            ...{ what: 'token-withdrawn', subject, details: { name, role } },
          }),
        );
        if (outcome === 'unknown') throw httpError('token-not-found', { id: request.params.id });
        if (outcome === 'last') throw httpError('token-last');
        return reply.status(204).send(null);
      },
    );
  };
}
