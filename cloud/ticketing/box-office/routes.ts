import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { allow, hasRole } from '../../http/index.ts';
import type { Order } from '../orders/order-store.ts';
import { orderView } from '../orders/order-view.ts';
import { ExtraWish } from '../sale/extras.ts';
import * as schema from '../sale/shop-schemas.ts';
import { saleError } from '../sale-errors.ts';
import type { Selling } from '../selling.ts';
import { book } from './booking.ts';

const reason = z.string().trim().max(300);
const OPTION_MINUTES_MAX = 43_200;
const Found = z.object({
  id: z.string(),
  number: z.string(),
  name: z.string(),
  email: z.string(),
  state: z.string(),
  created: z.number().int(),
  total: z.number().int(),
  tickets: z.number().int(),
  secure: z.boolean().describe('shows a lock (S10)'),
  phone: z.string().nullable().describe('masked'),
});
const Event = z.object({
  at: z.number().int(),
  what: z.string(),
  by: z.string().nullable(),
  reason: z.string().nullable(),
});
const StaffOrder = schema.OrderView.extend({
  name: z.string(),
  email: z.string(),
  note: z.string(),
  events: z.array(Event),
});
const NewBooking = z.strictObject({
  key: schema.NewOrder.shape.key,
  places: schema.WishBody,
  extras: z
    .array(ExtraWish.extend({ count: ExtraWish.shape.count.min(1) }))
    .max(30)
    .default([]),
  account: z.string().max(64).nullable().default(null),
  name: z.string().trim().min(1).max(200),
  email: z.email().max(254).or(z.literal('')).default(''),
  contactPhone: z.string().max(40).default(''),
  language: z.enum(['nl', 'en']).default('nl'),
  delivery: schema.NewOrder.shape.delivery,
  paid: z.boolean().describe('at the desk; else it is an option'),
  optionMinutes: z.number().int().min(1).max(OPTION_MINUTES_MAX).default(60),
  asRegular: z.boolean().default(false).describe('although the guest is verified (S2)'),
  note: z.string().max(300).default('').describe('shown at the lane (E9)'),
  reason: reason.default(''),
});

const Refund = z.strictObject({
  reason: reason.min(1),
  items: z
    .array(z.string().max(64))
    .min(1)
    .max(500)
    .optional()
    .describe('of the order; all of it if left out'),
});
type Refund = z.infer<typeof Refund>;

/** Booking, searching and ending orders. Under `/api/v1`. */
export function boxOfficeRoutes(selling: Selling, refunds: RefundAll): FastifyPluginAsyncZod {
  return async (api) => {
    await api.register(findRoutes(selling));
    await api.register(bookRoutes(selling));
    await api.register(paidRoute(selling));
    await api.register(endRoutes(selling, refunds));
  };
}

/** Pays back all that came in for an order, inside a batch; gives the sum. */
interface RefundAll {
  addAll(order: string, reason: string): number;
  addSome(order: string, cents: number, reason: string): number;
}

const tags = ['box office'];

function viewOf({ orders, orderStore, sales, addresses }: Selling) {
  return (id: string) => {
    const order = orders.find(id);
    const { name, email, note } = order.row;
    const events = orderStore.events(id).map(({ by_whom: by, ...event }) => ({ ...event, by }));
    return { ...orderView(order, sales.store, addresses), name, email, note, events } as never;
  };
}

function findRoutes(selling: Selling): FastifyPluginAsyncZod {
  const { orderStore } = selling;
  const view = viewOf(selling);
  return async (api) => {
    api.get(
      '/orders',
      {
        ...allow('box-office', 'door-lead'),
        schema: {
          tags,
          summary: 'Finds orders by number, name, e-mail address or phone number',
          querystring: z.object({
            search: z.string().trim().min(2).max(200),
            performance: z.string().max(64).optional(),
          }),
          response: { 200: z.object({ orders: z.array(Found) }) },
        },
      },
      async ({ query }) => ({ orders: selling.search(query.search, query.performance) }),
    );
    api.get(
      '/orders/:id',
      {
        ...allow('box-office', 'door-lead'),
        schema: {
          ...{ tags, params: schema.IdParams, summary: 'One order with what happened to it' },
          response: { 200: StaffOrder },
        },
      },
      async ({ params }) => view(params.id),
    );
    api.get(
      '/performances/:id/share',
      {
        ...allow('box-office', 'reporting'),
        schema: {
          ...{ tags, params: schema.IdParams },
          summary: 'How many tickets of a secure performance are regular (B1)',
          response: { 200: z.object({ tickets: z.number().int(), regular: z.number().int() }) },
        },
      },
      async ({ params }) => orderStore.share(params.id),
    );
  };
}

function bookRoutes(selling: Selling): FastifyPluginAsyncZod {
  const view = viewOf(selling);
  return async (api) => {
    api.post(
      '/orders',
      {
        ...allow('box-office'),
        schema: {
          ...{ tags, body: NewBooking },
          summary: 'Books for a guest: secure for a verified one, regular for others (B1)',
          response: { 201: StaffOrder },
        },
      },
      async (request, reply) => {
        const {
          places: wish,
          account,
          name,
          email,
          contactPhone,
          language,
          ...rest
        } = request.body;
        if (rest.asRegular && !hasRole(request.caller, 'deliver-regular')) {
          throw saleError('staff-role', { role: 'deliver-regular' });
        }
        const guest = { account, name, email, contactPhone, language };
        const order = await book(selling.booking, { ...rest, wish, guest, by: request.caller.id });
        return reply.status(201).send(view(order.row.id));
      },
    );
  };
}

/** An option, or an order that waits for its payment, is paid at the desk. */
function paidRoute(selling: Selling): FastifyPluginAsyncZod {
  const { store, clock, orders } = selling;
  const view = viewOf(selling);
  return async (api) => {
    api.post(
      '/orders/:id/paid',
      {
        ...allow('box-office'),
        schema: {
          ...{ tags, params: schema.IdParams },
          summary: 'Was paid at the desk: confirms it; a payment on its way goes back',
          response: { 200: StaffOrder },
        },
      },
      async ({ params: { id }, caller }) => {
        await store.batch(() => {
          const { state, expires } = orders.find(id).row;
          const waits = state === 'option' || state === 'awaiting-payment';
          const over = waits && expires !== null && expires <= clock.now();
          if (!waits || over) throw saleError('order-state', { state: over ? 'expired' : state });
          orders.confirm(id, caller.id);
        });
        selling.changed();
        return view(id);
      },
    );
  };
}

function endRoutes(selling: Selling, refunds: RefundAll): FastifyPluginAsyncZod {
  const { orders, orderStore } = selling;
  const view = viewOf(selling);
  const refund = ({ row, items }: Order, { items: some, reason: why }: Refund, by: string) => {
    const left = items.filter(({ id, state }) => state === 'active' && !some?.includes(id));
    if (some && left.length > 0) {
      return refunds.addSome(row.id, orders.endItems(row.id, some, by, why), why);
    }
    if (some) orders.endItems(row.id, some, by, why);
    orders.end(row.id, 'refunded', by, why);
    return refunds.addAll(row.id, why);
  };
  return async (api) => {
    api.post(
      '/orders/:id/cancel',
      {
        ...allow('box-office'),
        schema: {
          ...{ tags, params: schema.IdParams, body: z.strictObject({ reason: reason.min(1) }) },
          summary: 'Cancels an order that is not paid',
          response: { 200: StaffOrder },
        },
      },
      async ({ params: { id }, body, caller }) => {
        await selling.store.batch(() => {
          const { state } = orderStore.find(id, 'batch')?.row ?? { state: 'expired' };
          if (state === 'confirmed') throw saleError('order-state', { state });
          orders.end(id, 'cancelled', caller.id, body.reason);
        });
        selling.changed();
        return view(id);
      },
    );
    api.post(
      '/orders/:id/refund',
      {
        ...allow('refund'),
        schema: {
          ...{ tags, params: schema.IdParams, body: Refund },
          summary: 'Pays a confirmed order or some of it back; its tickets open no gate any more',
          response: { 200: StaffOrder },
        },
      },
      async ({ params: { id }, body, caller }) => {
        await selling.store.batch(() => {
          const order = orderStore.find(id, 'batch');
          if (order?.row.state !== 'confirmed') {
            throw saleError('order-state', { state: order?.row.state ?? 'unknown' });
          }
          const cents = refund(order, body, caller.id);
          if (cents > 0) orders.refunding(id, cents, body.reason);
        });
        selling.changed();
        return view(id);
      },
    );
  };
}
