import { existsSync } from 'node:fs';
import fastifyStatic from '@fastify/static';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type CookieRules, checkOrigin, readCookie, setCookie } from '../http/index.ts';
import { portalError } from './errors.ts';
import type { Portal } from './portal.ts';
import { PORTAL_LANGUAGES, type PortalLanguage } from './ports.ts';
import * as schema from './schemas.ts';

/** A browser keeps the cookie so long; the session itself ends earlier, by the tickets. */
const COOKIE_MS = 30 * 86_400_000;
export const PORTAL_COOKIE: CookieRules = {
  name: 'gatehouse-portal',
  sameSite: 'Strict',
  lasts: COOKIE_MS,
};
/** Paths of the portal; its own host serves nothing else. */
export const PORTAL_PATH = '/portal/';
const problems = { '4xx': schema.Problem, '5xx': schema.Problem };
const hide = true;

/**
 * The portal's API and page, all under `/portal/`.
 * @param webDir the built page; served if the folder is there
 */
export function portalRoutes(portal: Portal, webDir: string): FastifyPluginAsyncZod {
  return async (server) => {
    server.addHook('onRequest', async (request) => checkOrigin(request));
    await server.register(loginRoutes(portal), { prefix: '/portal/api' });
    await server.register(ticketRoutes(portal), { prefix: '/portal/api' });
    if (existsSync(webDir)) await server.register(pageRoutes(webDir));
  };
}

function loginRoutes(portal: Portal): FastifyPluginAsyncZod {
  const { codeDesk, readPhone, clock } = portal;
  const phoneOf = (text: string): string => {
    const read = readPhone(text);
    if (!read.ok) throw portalError('portal-phone-refused', { reason: read.code });
    return read.e164;
  };
  return async (api) => {
    api.get(
      '/house',
      { schema: { hide, response: { 200: schema.HouseView, ...problems } } },
      async () => ({ ...(await portal.house()), now: clock.now() }),
    );
    api.post(
      '/code',
      { schema: { hide, body: schema.AskCode, response: { 202: schema.CodeAsked, ...problems } } },
      async (request, reply) => {
        const phone = phoneOf(request.body.phone);
        const known = portal.session(readCookie(request, PORTAL_COOKIE))?.phone === phone;
        const { language } = request.body;
        codeDesk.ask({ phone, address: request.ip, language, known });
        return reply.status(202).send({});
      },
    );
    api.post(
      '/login',
      { schema: { hide, body: schema.LogIn, response: { 200: schema.View, ...problems } } },
      async (request, reply) => {
        const { code, publicKey } = request.body;
        const phone = phoneOf(request.body.phone);
        const language = languageOf(request);
        const { secret, view } = await portal.login({ phone, code, publicKey, language });
        setCookie(request, reply, PORTAL_COOKIE, secret);
        return view;
      },
    );
    api.post(
      '/logout',
      { schema: { hide, response: { 204: z.null(), ...problems } } },
      async (request, reply) => {
        await portal.logout(readCookie(request, PORTAL_COOKIE));
        setCookie(request, reply, PORTAL_COOKIE, '');
        return reply.status(204).send(null);
      },
    );
  };
}

/** What the guest has chosen on the page, which says so with each request. */
function languageOf({ headers }: FastifyRequest): PortalLanguage | undefined {
  const first = headers['accept-language']?.slice(0, 2).toLowerCase();
  return PORTAL_LANGUAGES.find((one) => one === first);
}

function ticketRoutes(portal: Portal): FastifyPluginAsyncZod {
  return async (api) => {
    api.get(
      '/tickets',
      { schema: { hide, response: { 200: schema.View, ...problems } } },
      async (request) => portal.view(readCookie(request, PORTAL_COOKIE), languageOf(request)),
    );
    api.post(
      '/key',
      { schema: { hide, body: schema.NewKey, response: { 200: schema.View, ...problems } } },
      async (request) => {
        const secret = readCookie(request, PORTAL_COOKIE);
        return portal.newKey(secret, request.body.publicKey, languageOf(request));
      },
    );
    api.get('/events', { schema: { hide } }, async (request, reply) => {
      const session = portal.session(readCookie(request, PORTAL_COOKIE));
      if (!session) throw portalError('portal-session-ended');
      if (!portal.news.open(session.phone, reply.raw)) throw portalError('portal-busy');
      reply.hijack();
    });
  };
}

function pageRoutes(root: string): FastifyPluginAsyncZod {
  return async (pages) => {
    await pages.register(fastifyStatic, {
      root,
      prefix: PORTAL_PATH,
      decorateReply: false,
      preCompressed: true,
      setHeaders(reply, path) {
        // Names of assets carry their own digest; everything else is asked for each time.
        const lasting = path.includes('/assets/');
        const control = lasting ? 'public, max-age=31536000, immutable' : 'no-cache';
        reply.header('cache-control', control);
      },
    });
    pages.get('/portal', { schema: { hide } }, (_, reply) => reply.redirect(PORTAL_PATH));
  };
}
