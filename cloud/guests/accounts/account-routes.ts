import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { createRateLimit } from '../../http/index.ts';
import { plainEmail } from './account-store.ts';
import { accountError } from './errors.ts';
import type { GuestRoom, LoggedIn } from './guests.ts';
import { browserOf, count, LOGIN_RATE } from './login-routes.ts';
import { phoneRoutes } from './phone-routes.ts';
import { AccountView, Email, LanguageField, Moment, Name, Password, viewOf } from './schemas.ts';

/** For how long after a login, or a password proved again, the account itself may be changed. */
export const FRESH_MS = 15 * 60_000;

const Csrf = z.object({ csrf: z.string().describe('of the session’s new id') });
const Listed = z.object({
  id: z.string(),
  agent: z.string().describe('browser and system'),
  means: z.enum(['password', 'link', 'totp']),
  created: Moment,
  seen: Moment.describe('last use, to five minutes'),
  own: z.boolean().describe('this very session'),
});

/** What a guest does with their own account. */
export function accountRoutes(room: GuestRoom): FastifyPluginAsyncZod {
  const { accounts, sessions, clock } = room;
  const proofs = createRateLimit(clock, LOGIN_RATE);
  const tags = ['account'];
  const needFresh = ({ session }: LoggedIn) => {
    if (session.authenticated + FRESH_MS <= clock.now()) throw accountError('fresh-login-needed');
  };
  return async (api) => {
    await api.register(phoneRoutes(room));
    api.get(
      '/account',
      { schema: { tags, summary: 'The account itself', response: { 200: AccountView } } },
      async (request) => viewOf((await room.needAccount(request)).account),
    );
    api.patch(
      '/account',
      {
        schema: {
          ...{ tags, summary: 'Changes name or language' },
          body: z.strictObject({ name: Name, language: LanguageField }).partial(),
          response: { 200: AccountView },
        },
      },
      async (request) => {
        const { account } = await room.needAccount(request);
        const { name, language } = request.body;
        await accounts.change(account.id, {
          ...(name === undefined ? {} : { name }),
          ...(language === undefined ? {} : { language }),
        });
        const changed = await accounts.byId(account.id);
        if (!changed) throw accountError('account-needed');
        return viewOf(changed);
      },
    );
    api.delete(
      '/account',
      {
        schema: {
          ...{ tags, summary: 'Deletes the account; orders keep what bookkeeping needs' },
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const known = await room.needAccount(request);
        needFresh(known);
        await accounts.remove(known.account.id);
        await sessions.end(request, reply);
        return reply.status(204).send(null);
      },
    );
    api.post(
      '/email',
      {
        schema: {
          ...{ tags, summary: 'Mails a link to a new address; with it the address changes' },
          body: z.strictObject({ email: Email }),
          response: { 202: z.object({ sent: z.literal(true) }) },
        },
      },
      async (request, reply) => {
        const known = await room.needAccount(request);
        needFresh(known);
        count(proofs, request);
        await room.links.ask({
          ...{ purpose: 'email', email: plainEmail(request.body.email) },
          ...{ account: known.account.id, language: known.account.language },
          browser: browserOf(room, request, reply),
        });
        return reply.status(202).send({ sent: true });
      },
    );
    api.post(
      '/password',
      {
        schema: {
          ...{ tags, summary: 'Sets a password and ends all other logins' },
          body: z.strictObject({ current: Password.optional(), password: Password }),
          response: { 200: Csrf },
        },
      },
      async (request, reply) => {
        const known = await room.needAccount(request);
        count(proofs, request);
        const { current, password } = request.body;
        const { account, session } = known;
        if (current !== undefined) await accounts.prove(account, current);
        // Whoever opened a mailed link has proved the mailbox, and may have forgotten the old one.
        else if (session.means !== 'link') throw accountError('login-wrong');
        else needFresh(known);
        await accounts.setPassword(account, password);
        await sessions.endAll(account.id);
        return sessions.begin(request, reply, { subject: account.id, means: 'password' });
      },
    );
    api.post(
      '/prove',
      {
        schema: {
          ...{ tags, summary: 'Proves the password again' },
          body: z.strictObject({ password: Password }),
          response: { 200: Csrf },
        },
      },
      async (request, reply) => {
        const { account, session } = await room.needAccount(request);
        count(proofs, request);
        await accounts.prove(account, request.body.password);
        return sessions.renew(request, reply, session);
      },
    );
    api.post(
      '/logout',
      { schema: { tags, summary: 'Logs out', response: { 204: z.null() } } },
      async (request, reply) => {
        await room.needAccount(request);
        await sessions.end(request, reply);
        return reply.status(204).send(null);
      },
    );
    api.get(
      '/sessions',
      {
        schema: {
          ...{ tags, summary: 'Where the account is logged in' },
          response: { 200: z.object({ sessions: z.array(Listed) }) },
        },
      },
      async (request) => {
        const { account, session } = await room.needAccount(request);
        return { sessions: await sessions.list(account.id, session) };
      },
    );
    api.delete(
      '/sessions/:id',
      {
        schema: {
          ...{ tags, summary: 'Ends one login' },
          params: z.object({ id: z.string().regex(/^[0-9a-f]{16}$/) }),
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const { account } = await room.needAccount(request);
        const ended = await sessions.endById(account.id, request.params.id);
        if (!ended) throw accountError('session-unknown');
        return reply.status(204).send(null);
      },
    );
  };
}
