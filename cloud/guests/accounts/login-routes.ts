import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  checkOrigin,
  createRateLimit,
  csrfTokenOf,
  digestOf,
  httpError,
  makeSecret,
  networkOf,
  type RateLimit,
  readCookie,
  SECRET,
  setCookie,
} from '../../http/index.ts';
import { accountFrom, plainEmail } from './account-store.ts';
import type { GuestRoom } from './guests.ts';
import { VERIFY_LINK_MS } from './links.ts';
import { Email, LanguageField, LoggedInView, Password, Secret, viewOf } from './schemas.ts';

/** Logins from one network: a house full of guests is behind one address. */
export const LOGIN_RATE = { burst: 40, every: 5_000 };
/** Mails that one network may cause. */
export const MAIL_RATE = { burst: 15, every: 30_000 };
/** Tells the browser that asked for a link from others. */
const BROWSER = { name: 'gatehouse-asked', sameSite: 'Lax', lasts: VERIFY_LINK_MS } as const;

const Asked = z.object({ sent: z.literal(true) });
const AskBody = z.strictObject({ email: Email, language: LanguageField });
const UsedView = z.object({
  purpose: z.enum(['login', 'register', 'password', 'email']),
  isNew: z.boolean().describe('this link has made the account'),
  session: LoggedInView.nullable().describe('null for a change of address'),
});

/** Registration, login, links by mail, logout: what needs no session yet. */
export function loginRoutes(room: GuestRoom): FastifyPluginAsyncZod {
  const { accounts, links, sessions } = room;
  const logins = createRateLimit(room.clock, LOGIN_RATE);
  const mails = createRateLimit(room.clock, MAIL_RATE);
  return async (api) => {
    api.addHook('onRequest', async (request) => checkOrigin(request));
    api.post(
      '/register',
      {
        schema: {
          ...{ tags: ['account'], summary: 'Mails a link that makes an account' },
          body: AskBody.extend({ password: Password.optional() }),
          response: { 202: Asked },
        },
      },
      async (request, reply) => {
        const { password, ...asked } = request.body;
        count(mails, request);
        const as = { ...asked, browser: browserOf(room, request, reply) };
        if (password === undefined) await askLink(as, 'login');
        else await accounts.register(as, password);
        return reply.status(202).send({ sent: true });
      },
    );
    for (const [path, purpose, summary] of [
      ['/login-link', 'login', 'Mails a link that logs in, good for 15 minutes and once'],
      ['/forgot', 'password', 'Mails a link after which a new password can be set'],
    ] as const) {
      api.post(
        path,
        { schema: { tags: ['account'], summary, body: AskBody, response: { 202: Asked } } },
        async (request, reply) => {
          count(mails, request);
          const as = { ...request.body, browser: browserOf(room, request, reply) };
          await askLink(as, purpose);
          return reply.status(202).send({ sent: true });
        },
      );
    }
    api.post(
      '/links/use',
      {
        schema: {
          ...{ tags: ['account'], summary: 'Uses a mailed link' },
          body: z.strictObject({ link: Secret, confirmed: z.boolean().default(false) }),
          response: { 200: UsedView },
        },
      },
      async (request, reply) => {
        count(logins, request);
        const { link: secret, confirmed } = request.body;
        const browser = readCookie(request, BROWSER);
        const used = await links.use({ secret, browser, confirmed });
        const { purpose, isNew, formerEmail } = used;
        const account = accountFrom(used.account);
        if (purpose === 'email') {
          const own = await sessions.of(request);
          await sessions.endAll(account.id, own?.subject === account.id ? own : undefined);
          const oud = formerEmail ?? account.email;
          await room.mail.queue({
            ...{ to: oud, template: 'email-changed', language: account.language },
            data: {
              gast: { naam: account.name ?? '', email: oud },
              wijziging: { oud, nieuw: account.email, op: room.clock.now() },
            },
            key: `email-changed-${digestOf(secret)}`,
          });
          return { purpose, isNew, session: null };
        }
        const begun = await sessions.begin(request, reply, { subject: account.id, means: 'link' });
        return { purpose, isNew, session: { account: viewOf(account), ...begun } };
      },
    );
    api.post(
      '/login',
      {
        schema: {
          ...{ tags: ['account'], summary: 'Logs in with a password' },
          body: z.strictObject({ email: Email, password: Password }),
          response: { 200: LoggedInView },
        },
      },
      async (request, reply) => {
        count(logins, request);
        const account = await accounts.login(request.body.email, request.body.password);
        const who = { subject: account.id, means: 'password' } as const;
        const begun = await sessions.begin(request, reply, who);
        return { account: viewOf(account), ...begun };
      },
    );
    api.get(
      '/session',
      {
        schema: {
          ...{ tags: ['account'], summary: 'Who is logged in; null for nobody' },
          response: { 200: z.object({ session: LoggedInView.nullable() }) },
        },
      },
      async (request) => {
        const session = await sessions.of(request);
        const account = session && (await accounts.byId(session.subject));
        if (!session || !account) return { session: null };
        return { session: { account: viewOf(account), csrf: csrfTokenOf(session.secret) } };
      },
    );
  };

  function askLink(
    as: { email: string; language: 'nl' | 'en'; browser: string },
    purpose: 'login' | 'password',
  ): Promise<void> {
    return links.ask({ ...as, email: plainEmail(as.email), purpose });
  }
}

/** @throws GatehouseError `too-many-requests` with `retryAfter` */
export function count(limit: RateLimit, request: FastifyRequest): void {
  const verdict = limit.take(networkOf(request.ip));
  if (!verdict.ok) throw httpError('too-many-requests', { retryAfter: verdict.retryAfter });
}

/** The secret by which the browser that asks is known again; given to it if it has none. */
export function browserOf(room: GuestRoom, request: FastifyRequest, reply: FastifyReply): string {
  const known = readCookie(request, BROWSER);
  const secret = known !== undefined && SECRET.test(known) ? known : makeSecret(room.random);
  setCookie(request, reply, BROWSER, secret);
  return secret;
}
