import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { allow } from '../http/index.ts';
import { Invited, Login, Moment, Roles, StaffId, StaffName, StaffView } from './schemas.ts';
import type { StaffDesk } from './staff-room.ts';

const LIST_MAX = 200;
const LIST_USUAL = 50;
const ADMINISTRATORS = allow();

const Entry = z.object({
  n: z.number(),
  at: Moment,
  who: z.string().describe('staff:<id> or token:<name>'),
  whoName: z.string(),
  what: z.string(),
  subject: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});

/** What administrators do with staff accounts, and the log of changes. */
export function manageRoutes(desk: StaffDesk): FastifyPluginAsyncZod {
  const { staff, sessions, audit } = desk;
  const tags = ['staff'];
  return async (api) => {
    api.get(
      '',
      {
        ...ADMINISTRATORS,
        schema: {
          ...{ tags, summary: 'All staff accounts' },
          response: { 200: z.object({ staff: z.array(StaffView) }) },
        },
      },
      async () => ({ staff: await staff.list() }),
    );
    api.post(
      '',
      {
        ...ADMINISTRATORS,
        schema: {
          ...{ tags, summary: 'Invites somebody; by session it needs a proof' },
          body: z.strictObject({ login: Login, name: StaffName, roles: Roles }),
          response: { 201: Invited },
        },
      },
      async (request, reply) => {
        await desk.needProof(request);
        return reply.status(201).send(await staff.invite(request.caller, request.body));
      },
    );
    api.patch(
      '/:id',
      {
        ...ADMINISTRATORS,
        schema: {
          ...{ tags, summary: 'Changes name or roles, shuts out or lets in; needs a proof' },
          params: StaffId,
          body: z.strictObject({ name: StaffName, roles: Roles, disabled: z.boolean() }).partial(),
          response: { 200: StaffView },
        },
      },
      async (request) => {
        await desk.needProof(request);
        const { name, roles, disabled } = request.body;
        const changed = await staff.change(request.caller, request.params.id, {
          ...(name === undefined ? {} : { name }),
          ...(roles === undefined ? {} : { roles }),
          ...(disabled === undefined ? {} : { disabled }),
        });
        if (disabled) await sessions.endAll(changed.id);
        return changed;
      },
    );
    api.post(
      '/:id/invitation',
      {
        ...ADMINISTRATORS,
        schema: {
          ...{ tags, summary: 'Invites again: new password and second factor; needs a proof' },
          params: StaffId,
          response: { 201: Invited },
        },
      },
      async (request, reply) => {
        await desk.needProof(request);
        const invited = await staff.inviteAgain(request.caller, request.params.id);
        await sessions.endAll(request.params.id);
        return reply.status(201).send(invited);
      },
    );
    api.get(
      '/audit',
      {
        ...ADMINISTRATORS,
        schema: {
          ...{ tags, summary: 'Who changed what and when, newest first' },
          querystring: z.object({
            limit: z.coerce.number().int().min(1).max(LIST_MAX).default(LIST_USUAL),
            before: z.coerce.number().int().positive().optional(),
            subject: z.string().max(100).optional(),
          }),
          response: { 200: z.object({ audit: z.array(Entry) }) },
        },
      },
      async ({ query }) => {
        const { limit, before, subject } = query;
        const listed = await audit.list({
          limit,
          ...(before === undefined ? {} : { before }),
          ...(subject === undefined ? {} : { subject }),
        });
        return { audit: listed };
      },
    );
  };
}
