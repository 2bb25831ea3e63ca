import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ChangeLog } from '../../change-log.ts';
import { allow, hasRole } from '../../http/index.ts';
import { saleError } from '../sale-errors.ts';
import type { Selling } from '../selling.ts';
import { backgroundRoutes } from './background-routes.ts';

const id = z.string().min(1).max(64);
const IdParams = z.object({ id });
const reason = z.string().trim().max(300);
const Outcome = z.object({
  ticket: id,
  kind: z.enum(['regular', 'secure']),
  newCode: z.boolean(),
  used: z.boolean(),
  code: z.string().optional().describe('of a ticket for paper: print it, never send it'),
});
const JobView = z.object({
  id,
  performance: id,
  state: z.enum(['running', 'done', 'stopped']),
  total: z.number().int(),
  delivered: z.number().int(),
  skipped: z.number().int(),
  list: z.array(z.object({ ticket: id, outcome: z.string() })).describe('those skipped, and why'),
});

/** Delivering tickets again. Under `/api/v1`. */
export function deliveryRoutes(selling: Selling, audit: ChangeLog): FastifyPluginAsyncZod {
  return async (api) => {
    await api.register(ticketRoutes(selling));
    await api.register(lookRoutes(selling));
    await api.register(jobRoutes(selling));
    await api.register(backgroundRoutes({ ...selling, audit }));
  };
}

function ticketRoutes(selling: Selling): FastifyPluginAsyncZod {
  const { store, clock, deliver, key } = selling;
  const tags = ['delivery'];
  const issueOf = store.prepareRead('select issue from tickets where id = ?');
  const orderOf = store.prepare('select order_id from order_items where ticket = ?');
  const shownCode = (ticket: string) => {
    const { issue } = issueOf.get(ticket) as { issue: number | null };
    return issue === null ? {} : { code: key.ticketCode(ticket, issue) };
  };
  return async (api) => {
    api.post(
      '/tickets/:id/deliver',
      {
        ...allow('box-office', 'deliver-regular'),
        schema: {
          tags,
          summary:
            'Delivers a ticket again by the rules of B2; what becomes regular needs a reason',
          params: IdParams,
          body: z.strictObject({
            way: z.enum(['download', 'mail', 'hard-copy', 'as-regular']),
            replaceCode: z.boolean().default(false),
            reason: reason.default(''),
          }),
          response: { 200: Outcome },
        },
      },
      async ({ params, body, caller }) => {
        const { way, replaceCode } = body;
        if (way === 'as-regular' && !hasRole(caller, 'deliver-regular')) {
          throw saleError('staff-role', { role: 'deliver-regular' });
        }
        const order = { way, replaceCode, by: caller.id, reason: body.reason };
        const done = await store.batch(() => {
          const now = clock.now();
          const made = deliver(params.id, order, now);
          const of = orderOf.get(params.id) as { order_id: string } | undefined;
          if (of && way === 'mail') selling.mailTickets(of.order_id, `${params.id}:${now}`);
          return made;
        });
        selling.changed();
        return { ...done, ...(way === 'hard-copy' ? shownCode(params.id) : {}) };
      },
    );
    api.post(
      '/tickets/:id/rescue',
      {
        ...allow('door-lead', 'deliver-regular'),
        schema: {
          tags,
          summary: 'At the door: makes a ticket regular for this lane, logged (B11)',
          params: IdParams,
          body: z.strictObject({ lane: z.string().min(1).max(100), reason: reason.min(1) }),
          response: { 200: Outcome },
        },
      },
      async ({ params, body, caller }) => {
        const order = { way: 'door' as const, by: caller.id, ...body };
        const done = await store.batch(() => deliver(params.id, order, clock.now()));
        selling.changed();
        return { ...done, ...shownCode(params.id) };
      },
    );
  };
}

function lookRoutes(selling: Selling): FastifyPluginAsyncZod {
  const tags = ['delivery'];
  return async (api) => {
    api.get(
      '/tickets/:id/deliveries',
      {
        ...allow('box-office', 'deliver-regular', 'door-lead'),
        schema: {
          tags,
          summary: 'Who delivered it, how and why',
          params: IdParams,
          response: { 200: z.object({ deliveries: z.array(z.record(z.string(), z.unknown())) }) },
        },
      },
      async ({ params }) => ({
        deliveries: selling.deliveries.ofTicket(params.id).map((row) => ({ ...row })),
      }),
    );
    api.get(
      '/tickets/:id/ticket.pdf',
      {
        ...allow('box-office'),
        schema: { tags, summary: 'The e-ticket of one ticket', params: IdParams },
      },
      async ({ params }, reply) => {
        const file = await selling.pdf.ofTicket(params.id, 'nl');
        if (!file) throw saleError('delivery-ticket-unknown');
        return reply.type('application/pdf').header('cache-control', 'no-store').send(file);
      },
    );
  };
}

function jobRoutes({ bulk }: Selling): FastifyPluginAsyncZod {
  const tags = ['delivery'];
  return async (api) => {
    api.post(
      '/performances/:id/deliveries',
      {
        ...allow('box-office'),
        schema: {
          tags,
          summary: 'Delivers all tickets of a performance again, as a job (B3)',
          params: IdParams,
          body: z.strictObject({
            replaceCode: z.boolean().default(false).describe('of regular tickets'),
            reason: reason.min(1),
          }),
          response: { 202: JobView },
        },
      },
      async ({ params, body, caller }, reply) => {
        const order = { performance: params.id, by: caller.id, ...body };
        return reply.status(202).send((await bulk.begin(order)) as never);
      },
    );
    api.get(
      '/delivery-jobs/:id',
      {
        ...allow('box-office'),
        schema: {
          ...{ tags, summary: 'How far a job is', params: IdParams },
          response: { 200: JobView },
        },
      },
      async ({ params }) => bulk.find(params.id) as never,
    );
  };
}
