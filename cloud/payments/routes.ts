import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { paymentError } from './errors.ts';
import type { Payable, Payments } from './payments.ts';
import { testFacts } from './test-payment.ts';

const IdParams = z.object({ id: z.string().min(1).max(64) });
const FORM = 'application/x-www-form-urlencoded';
const Begun = z.object({
  payment: z.string(),
  checkout: z.url().describe('where to send the guest'),
});

/** Payments of the shop, and what providers tell. Under `/shop/api/v1`. */
export function paymentRoutes(parts: {
  payments: Payments;
  /** Takes in that a provider has told of a payment. */
  heard(payment: string, reference: string): Promise<void>;
  /** The caller's own order; what is given says inside a batch whether it can be paid. */
  payable(request: FastifyRequest, order: string): Promise<() => Payable>;
  /** Whether the built-in test payment may be used. */
  demonstration: boolean;
}): FastifyPluginAsyncZod {
  const { payments } = parts;
  return async (api) => {
    await api.register(webhook(parts.heard));
    api.post(
      '/orders/:id/payments',
      {
        schema: {
          tags: ['shop'],
          summary: 'Begins a payment of one’s own order; S1 is checked again',
          params: IdParams,
          response: { 201: Begun },
        },
      },
      async (request, reply) => {
        const payable = await parts.payable(request, request.params.id);
        return reply.status(201).send(await payments.begin(payable));
      },
    );
    if (!parts.demonstration) return;
    api.post(
      '/test-payments/:id',
      {
        schema: {
          tags: ['shop'],
          summary: 'Ends a test payment of a demonstration; no money moves',
          params: IdParams,
          body: z.strictObject({ outcome: z.enum(['paid', 'failed', 'cancelled', 'expired']) }),
          response: { 200: z.object({ test: z.literal(true), state: z.string() }) },
        },
      },
      async ({ params: { id }, body }) => {
        const payment = payments.store.find(id);
        if (payment?.provider !== 'test') throw paymentError('payment-unknown');
        await payments.take(id, testFacts(payment, body.outcome));
        return { test: true as const, state: payments.store.find(id)?.state ?? '' };
      },
    );
  };
}

/** A webhook is unsigned: it says only that something changed, so its id is all that is read. */
function webhook(heard: Payments['heard']): FastifyPluginAsyncZod {
  return async (api) => {
    api.removeAllContentTypeParsers();
    api.addContentTypeParser(FORM, { parseAs: 'string', bodyLimit: 4_096 }, (_, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    api.post(
      '/payments/:id/webhook',
      {
        schema: {
          tags: ['shop'],
          summary: 'A payment provider says that a payment has changed',
          consumes: [FORM],
          params: IdParams,
          body: z.object({ id: z.string().min(1).max(100) }),
          response: { 200: z.object({ ok: z.literal(true) }) },
        },
      },
      async ({ params, body }) => {
        await heard(params.id, body.id);
        return { ok: true as const };
      },
    );
  };
}
