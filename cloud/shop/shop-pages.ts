import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Language, TextName } from '../mail/index.ts';
import type { Clock } from '../ports.ts';

/** Where the shop's page is; all paths below it are its own. */
const SHOP_PATH = '/shop/';
/** Paths that the page shows something on; the rest of the shop is its API and its files. */
const PAGE_PATHS = [
  'performances/:id',
  'basket',
  'orders/:id',
  'test-payment/:id',
  'account',
  'login',
  'link',
];
/** Short paths that mails and texts name. A browser keeps what stands behind the #. */
const SHORT_PATHS = { '/account': 'account', '/login': 'login', '/account/link': 'link' };
const TEXTS = [
  'account-secure',
  'order-secure',
  'order-secure-guest',
  'payment-secure',
] as const satisfies readonly TextName[];
const hide = true;

export interface ShopPageParts {
  readonly clock: Clock;
  /** Whose shop it is. */
  name(): Promise<string>;
  /** IANA name of the zone that times are shown in. */
  readonly timeZone: string;
  /** Who takes payments; `test` moves no money. */
  pays(): 'mollie' | 'test' | null;
  /** Explanation texts (M3), safe to put in a page. */
  text(name: TextName, language: Language): Promise<string>;
  /** The built page; served if the folder is there. */
  readonly webDir: string;
}

/** The page of shop and accounts, and what it says of the house. */
export function shopPages(parts: ShopPageParts): FastifyPluginAsyncZod {
  return async (server) => {
    await server.register(houseRoutes(parts), { prefix: '/shop/api/v1' });
    if (existsSync(join(parts.webDir, 'index.html'))) await server.register(pages(parts.webDir));
  };
}

function houseRoutes(parts: ShopPageParts): FastifyPluginAsyncZod {
  const tags = ['shop'];
  return async (api) => {
    api.get(
      '/house',
      {
        schema: {
          ...{ tags, summary: 'Whose shop it is, its time zone and its clock' },
          response: {
            200: z.object({
              name: z.string(),
              timeZone: z.string(),
              now: z.number().int().describe('milliseconds since 1970'),
              pays: z.enum(['mollie', 'test']).nullable().describe('test: no money moves'),
            }),
          },
        },
      },
      async () => {
        const { timeZone, clock } = parts;
        return { name: await parts.name(), timeZone, now: clock.now(), pays: parts.pays() };
      },
    );
    api.get(
      '/texts/:name',
      {
        schema: {
          ...{ tags, summary: 'An explanation text (M3), as HTML that is safe in a page' },
          params: z.object({ name: z.enum(TEXTS) }),
          querystring: z.object({ language: z.enum(['nl', 'en']).default('nl') }),
          response: { 200: z.object({ html: z.string() }) },
        },
      },
      async ({ params, query }) => ({ html: await parts.text(params.name, query.language) }),
    );
  };
}

function pages(root: string): FastifyPluginAsyncZod {
  return async (server) => {
    const page = await readFile(join(root, 'index.html'));
    await server.register(fastifyStatic, {
      root,
      prefix: SHOP_PATH,
      decorateReply: false,
      preCompressed: true,
      setHeaders(reply, path) {
        // Names of assets carry their own digest; everything else is asked for each time.
        const lasting = path.includes('/assets/');
        const control = lasting ? 'public, max-age=31536000, immutable' : 'no-cache';
        reply.header('cache-control', control);
      },
    });
    for (const path of PAGE_PATHS) {
      server.get(`${SHOP_PATH}${path}`, { schema: { hide } }, (_, reply) =>
        reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(page),
      );
    }
    const short = [...Object.entries(SHORT_PATHS), ['/shop', ''], ['/', '']] as const;
    for (const [path, to] of short) {
      server.get(path, { schema: { hide } }, (_, reply) => reply.redirect(`${SHOP_PATH}${to}`));
    }
  };
}
