import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type ChangeLog, differences } from '../change-log.ts';
import { allow } from '../http/index.ts';
import type { PageNameTable } from '../store/index.ts';
import type { PageNames } from './page-names.ts';
import { PageNameInput, PageNameSettings } from './settings.ts';

const tags = ['fleet'];
const moment = z.number().int().describe('milliseconds since 1970');
const View = z.object({ settings: PageNameSettings.nullable(), hasSecret: z.boolean() });
const Named = z.object({
  gateway: z.string(),
  name: z.string(),
  address: z.string().nullable().describe('where its name leads; a private one'),
  state: z.enum(['asked', 'working', 'ready', 'failed']),
  ends: moment.nullable().describe('of its certificate'),
  fault: z.string().nullable().describe('code of the last fault'),
  answer: z.string().nullable().describe('what authority or hook said'),
  nextTry: moment.nullable(),
});

/** Public names for the pages of gateways. For administrators only. */
export function pageNameRoutes(pageNames: PageNames, audit: ChangeLog): FastifyPluginAsyncZod {
  const view = async () => {
    const kept = await pageNames.settings();
    return { settings: kept?.settings ?? null, hasSecret: kept !== undefined };
  };
  return async (api) => {
    api.get(
      '/page-names/settings',
      { ...allow(), schema: { tags, summary: 'Settings', response: { 200: View } } },
      view,
    );
    api.put(
      '/page-names/settings',
      {
        ...allow(),
        schema: {
          tags,
          summary: 'Which authority and DNS give pages of gateways public names',
          body: PageNameInput,
          response: { 200: View },
        },
      },
      async ({ body, caller }) => {
        await pageNames.configure(body, (old, next) => {
          audit.note(caller, { what: 'page-names-changed', details: differences(old, next) });
        });
        return view();
      },
    );
    api.get(
      '/page-names',
      {
        ...allow(),
        schema: {
          tags,
          summary: 'Names of gateways that have asked',
          response: { 200: z.object({ names: z.array(Named) }) },
        },
      },
      async () => ({ names: (await pageNames.list()).map(named) }),
    );
    api.post(
      '/page-names/:gateway/retry',
      {
        ...allow(),
        schema: {
          tags,
          summary: 'Tries a name again at once',
          params: z.object({ gateway: z.string().min(1).max(64) }),
          response: { 204: z.null() },
        },
      },
      async ({ params }, reply) => {
        await pageNames.retry(params.gateway);
        return reply.status(204).send(null);
      },
    );
  };
}

function named(row: PageNameTable): z.infer<typeof Named> {
  const { gateway, name, address, ends, fault, answer, next_at, chain, request } = row;
  const open = fault === null ? 'working' : 'failed';
  const state = chain !== null ? 'ready' : request === null && fault === null ? 'asked' : open;
  const nextTry = fault === null ? null : next_at;
  return { ...{ gateway, name, address, state, ends, fault, answer }, nextTry };
}
