import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Clock } from '../../ports.ts';
import type { Store } from '../../store/index.ts';
import type { TicketPdf } from '../delivery/order-pdf.ts';
import {
  type Buyer,
  type BuyerOf,
  buyerNow,
  type Channels,
  isServed,
  numberFor,
  type VerifiedPhoneOf,
} from '../sale/buyer.ts';
import type { SaleStore } from '../sale/sale-store.ts';
import * as schema from '../sale/shop-schemas.ts';
import { saleError } from '../sale-errors.ts';
import type { Addresses } from './order-mail.ts';
import type { Order, OrderStore } from './order-store.ts';
import { orderView } from './order-view.ts';
import type { Orders } from './orders.ts';

export interface ShopOrderParts {
  readonly store: Store;
  readonly orders: Orders;
  readonly orderStore: OrderStore;
  readonly sales: SaleStore;
  readonly channels: Channels;
  readonly buyer: BuyerOf;
  readonly verifiedPhone: VerifiedPhoneOf;
  readonly clock: Clock;
  readonly addresses: Addresses;
  readonly pdf: TicketPdf;
}

/** The caller's own order: by its token, or by the account that placed it. */
export async function ownOrder(
  parts: Pick<ShopOrderParts, 'orders' | 'buyer' | 'channels'>,
  request: FastifyRequest,
  id: string,
): Promise<Order> {
  return orderOf(parts, request, id, await parts.buyer(request));
}

function orderOf(
  parts: Pick<ShopOrderParts, 'orders' | 'channels'>,
  request: FastifyRequest,
  id: string,
  buyer: Buyer | null,
): Order {
  const token = request.headers['x-order'];
  const order = parts.orders.own(id, token === undefined ? undefined : String(token), buyer);
  const channel = parts.channels.of(request);
  if (!order.items.every((item) => isServed(item, channel))) throw saleError('order-unknown');
  return order;
}

/**
 * What may be paid for by this caller: S1 holds here again, and the number must be the same.
 * @returns reads the order as it is then, with the number verified then: inside the batch that
 * writes the payment down
 */
export async function payableOrder(
  parts: ShopOrderParts,
  request: FastifyRequest,
  id: string,
): Promise<() => Order> {
  const buyer = await parts.buyer(request);
  orderOf(parts, request, id, buyer);
  return () => {
    const order = parts.orderStore.find(id, 'batch');
    if (!order) throw saleError('order-unknown');
    const { row } = order;
    if (order.items.some((item) => item.secure && item.state === 'active')) {
      const phone = numberFor({ secure: true }, buyerNow(buyer, parts.verifiedPhone));
      if (phone !== row.phone) throw saleError('phone-changed');
    }
    const waits = row.state === 'awaiting-payment' || row.state === 'option';
    const over = row.expires !== null && row.expires <= parts.clock.now();
    if (!waits || over) throw saleError('order-state', { state: over ? 'expired' : row.state });
    return order;
  };
}

/** Orders of the shop. Under `/shop/api/v1`. */
export function shopOrderRoutes(parts: ShopOrderParts): FastifyPluginAsyncZod {
  const { orders, sales, addresses } = parts;
  const tags = ['shop'];
  const headers = schema.OrderHeader;
  const view = (order: Order) => orderView(order, sales, addresses) as never;
  return async (api) => {
    await api.register(historyRoute(parts));
    await api.register(pdfRoute(parts));
    api.post(
      '/orders',
      {
        schema: {
          ...{ tags, headers, body: schema.NewOrder },
          summary: 'Orders what is in the basket; a free order is confirmed at once',
          response: { 201: z.object({ token: z.string(), order: schema.OrderView }) },
        },
      },
      async (request, reply) => {
        const basket = request.headers['x-basket'];
        if (basket === undefined) throw saleError('basket-unknown');
        const who = { buyer: await parts.buyer(request), channel: parts.channels.of(request) };
        const { order, token } = await orders.place(basket, request.body, who);
        return reply.status(201).send({ token, order: view(order) });
      },
    );
    api.get(
      '/orders/:id',
      {
        schema: {
          ...{ tags, headers, params: schema.IdParams },
          summary: 'One’s own order',
          response: { 200: schema.OrderView },
        },
      },
      async (request) => view(await ownOrder(parts, request, request.params.id)),
    );
    api.post(
      '/orders/:id/cancel',
      {
        schema: {
          ...{ tags, headers, params: schema.IdParams },
          summary: 'Gives up an order that is not paid yet',
          response: { 200: schema.OrderView },
        },
      },
      async (request) => {
        const { row } = await ownOrder(parts, request, request.params.id);
        await parts.store.batch(() => {
          const now = orders.find(row.id).row.state;
          if (now !== 'awaiting-payment') throw saleError('order-state', { state: now });
          orders.end(row.id, 'cancelled', null, 'by the guest');
        });
        return view(orders.find(row.id));
      },
    );
  };
}

function pdfRoute(parts: ShopOrderParts): FastifyPluginAsyncZod {
  const tags = ['shop'];
  const headers = schema.OrderHeader;
  return async (api) => {
    api.get(
      '/orders/:id/tickets.pdf',
      {
        schema: {
          ...{ tags, headers, params: schema.IdParams },
          summary: 'The e-tickets of one’s own order; secure ones bear no code (S4)',
        },
      },
      async (request, reply) => {
        const order = await ownOrder(parts, request, request.params.id);
        const file = await parts.pdf.ofOrder(
          order.row.id,
          order.row.language === 'en' ? 'en' : 'nl',
        );
        if (!file) throw saleError('order-state', { state: order.row.state });
        return reply.type('application/pdf').header('cache-control', 'no-store').send(file);
      },
    );
  };
}

/** What an account has ordered. */
function historyRoute(parts: ShopOrderParts): FastifyPluginAsyncZod {
  const tags = ['shop'];
  const view = (order: Order) => orderView(order, parts.sales, parts.addresses) as never;
  return async (api) => {
    api.get(
      '/orders',
      {
        schema: {
          tags,
          summary: 'The orders of the account that is logged in, newest first (S11)',
          response: { 200: z.object({ orders: z.array(schema.OrderView) }) },
        },
      },
      async (request) => {
        const buyer = await parts.buyer(request);
        if (!buyer) throw saleError('guest-not-known');
        return { orders: parts.orderStore.ofAccount(buyer.account).map(view) };
      },
    );
  };
}
