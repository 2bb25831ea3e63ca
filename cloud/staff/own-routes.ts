import { toSVG } from 'bwip-js/node';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  allow,
  checkOrigin,
  createRateLimit,
  csrfTokenOf,
  httpError,
  networkOf,
  type RateLimit,
  STAFF_ROLES,
} from '../http/index.ts';
import { staffError } from './errors.ts';
import {
  Code,
  Csrf,
  Invitation,
  LoggedInView,
  Login,
  Moment,
  Password,
  RecoveryCodes,
  StaffView,
} from './schemas.ts';
import type { StaffDesk } from './staff-room.ts';

/** Logins from one network: a whole box office sits behind one address. */
export const STAFF_LOGIN_RATE = { burst: 20, every: 15_000 };
const OPEN = { config: { open: true } };
const ANYBODY = allow(...STAFF_ROLES);

const Listed = z.object({
  id: z.string(),
  agent: z.string().describe('browser and system'),
  created: Moment,
  seen: Moment.describe('last use, to five minutes'),
  own: z.boolean().describe('this very session'),
});

/** What people of the house do for themselves: join, log in and out, look after their login. */
export function ownRoutes(desk: StaffDesk): FastifyPluginAsyncZod {
  const { staff, sessions } = desk;
  const rate = createRateLimit(desk.clock, STAFF_LOGIN_RATE);
  const tags = ['staff'];
  return async (api) => {
    api.addHook('onRequest', async (request) => checkOrigin(request));
    api.post(
      '/login',
      {
        ...OPEN,
        schema: {
          ...{ tags, summary: 'Logs in with name, password and second factor' },
          body: z.strictObject({ login: Login, password: Password, code: Code }),
          response: { 200: LoggedInView },
        },
      },
      async (request, reply) => {
        count(rate, request);
        const account = await staff.login(request.body);
        const who = { subject: account.id, means: 'totp' } as const;
        return { account, ...(await sessions.begin(request, reply, who)) };
      },
    );
    api.post(
      '/invitations/open',
      {
        ...OPEN,
        schema: {
          ...{ tags, summary: 'What an invited person puts into their authenticator' },
          body: z.strictObject({ invitation: Invitation }),
          response: {
            200: z.object({
              account: StaffView,
              secret: z.string().describe('base32, to type where no camera is'),
              uri: z.string().describe('otpauth://'),
              qr: z.string().describe('the same as a picture, data:image/svg+xml'),
            }),
          },
        },
      },
      async (request) => {
        count(rate, request);
        const opened = await staff.openInvitation(request.body.invitation);
        return { ...opened, qr: qrOf(opened.uri) };
      },
    );
    api.post(
      '/invitations/accept',
      {
        ...OPEN,
        schema: {
          ...{ tags, summary: 'Joins: sets a password, proves the authenticator, logs in' },
          body: z.strictObject({ invitation: Invitation, password: Password, code: Code }),
          response: { 200: LoggedInView.extend(RecoveryCodes.shape) },
        },
      },
      async (request, reply) => {
        count(rate, request);
        const { invitation, ...given } = request.body;
        const joined = await staff.accept(invitation, given);
        const who = { subject: joined.account.id, means: 'totp' } as const;
        return { ...joined, ...(await sessions.begin(request, reply, who)) };
      },
    );
    api.get(
      '/session',
      {
        ...ANYBODY,
        schema: { tags, summary: 'Who is logged in', response: { 200: LoggedInView } },
      },
      async (request) => {
        const { account, session } = await desk.need(request);
        return { account, csrf: csrfTokenOf(session.secret) };
      },
    );
    api.post(
      '/logout',
      { ...ANYBODY, schema: { tags, summary: 'Logs out', response: { 204: z.null() } } },
      async (request, reply) => {
        await desk.need(request);
        await sessions.end(request, reply);
        return reply.status(204).send(null);
      },
    );
    api.post(
      '/prove',
      {
        ...ANYBODY,
        schema: {
          ...{ tags, summary: 'Proves password and second factor again, for five minutes' },
          body: z.strictObject({ password: Password, code: Code }),
          response: { 200: Csrf },
        },
      },
      async (request, reply) => {
        count(rate, request);
        const { account, session } = await desk.need(request);
        await staff.login({ login: account.login, ...request.body });
        return sessions.renew(request, reply, session);
      },
    );
    api.post(
      '/password',
      {
        ...ANYBODY,
        schema: {
          ...{ tags, summary: 'Sets a new password and ends all other logins; needs a proof' },
          body: z.strictObject({ password: Password }),
          response: { 200: Csrf },
        },
      },
      async (request, reply) => {
        await desk.needProof(request);
        const { account } = await desk.need(request);
        await staff.setPassword(account, request.body.password);
        await sessions.endAll(account.id);
        return sessions.begin(request, reply, { subject: account.id, means: 'totp' });
      },
    );
    api.post(
      '/recovery-codes',
      {
        ...ANYBODY,
        schema: {
          ...{ tags, summary: 'New recovery codes in place of the old; needs a proof' },
          response: { 200: RecoveryCodes },
        },
      },
      async (request) => {
        await desk.needProof(request);
        const { account } = await desk.need(request);
        return { recoveryCodes: await staff.newRecoveryCodes(account) };
      },
    );
    api.get(
      '/sessions',
      {
        ...ANYBODY,
        schema: {
          ...{ tags, summary: 'Where one is logged in' },
          response: { 200: z.object({ sessions: z.array(Listed) }) },
        },
      },
      async (request) => {
        const { account, session } = await desk.need(request);
        return { sessions: await sessions.list(account.id, session) };
      },
    );
    api.delete(
      '/sessions/:id',
      {
        ...ANYBODY,
        schema: {
          ...{ tags, summary: 'Ends one login' },
          params: z.object({ id: z.string().regex(/^[0-9a-f]{16}$/) }),
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const { account } = await desk.need(request);
        const ended = await sessions.endById(account.id, request.params.id);
        if (!ended) throw staffError('staff-login-ended');
        return reply.status(204).send(null);
      },
    );
  };
}

function count(limit: RateLimit, request: FastifyRequest): void {
  const verdict = limit.take(networkOf(request.ip));
  if (!verdict.ok) throw httpError('too-many-requests', { retryAfter: verdict.retryAfter });
}

function qrOf(text: string): string {
  const svg = toSVG({ bcid: 'qrcode', text, scale: 4, padding: 16, backgroundcolor: 'FFFFFF' });
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}
