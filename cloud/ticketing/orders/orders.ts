import type { Moment } from '@gatehouse/protocol';
import type { Mail, Message } from '../../mail/index.ts';
import type { Clock, Log, Random } from '../../ports.ts';
import type { DeliveryWay, OrderState, OrderTable, Store } from '../../store/index.ts';
import type { CodeKey } from '../delivery/code-key.ts';
import type { DeliveryLog } from '../delivery/delivery-log.ts';
import type { Issuer } from '../delivery/issuer.ts';
import type { BasketItem } from '../sale/basket-view.ts';
import type { Baskets } from '../sale/baskets.ts';
import {
  type Buyer,
  buyerNow,
  type Channel,
  digestOf,
  isServed,
  numberFor,
  type VerifiedPhoneOf,
} from '../sale/buyer.ts';
import type { Extras } from '../sale/extras.ts';
import { checkGuestMaximum } from '../sale/guest-maximum.ts';
import type { createTaken, Places } from '../sale/place-store.ts';
import type { Totals } from '../sale/prices.ts';
import type { SaleStore } from '../sale/sale-store.ts';
import { saleError } from '../sale-errors.ts';
import type { Ticketing } from '../ticketing.ts';
import { type Addresses, reserveerinfo } from './order-mail.ts';
import type { Order, OrderStore } from './order-store.ts';

/** An order waits this long for its payment; its places are held as long, once. */
export const PAYMENT_MS = 15 * 60_000;

/** What a guest says when ordering. */
export interface OrderWish {
  /** Of the client's making: the same key gives the same order. */
  readonly key: string;
  readonly name: string;
  readonly email: string;
  readonly contactPhone: string;
  readonly language: 'nl' | 'en';
  readonly delivery: DeliveryWay;
  readonly note: string;
}

/** An order before it is written down. */
export interface Draft {
  readonly key: string;
  readonly basket: string | null;
  readonly account: string | null;
  readonly phone: string | null;
  readonly wish: Omit<OrderWish, 'key'>;
  readonly channel: string;
  readonly state: 'awaiting-payment' | 'option';
  readonly expires: Moment | null;
  readonly by: string | null;
  readonly reason: string | null;
}

export interface OrderParts {
  readonly store: Store;
  readonly orders: OrderStore;
  readonly baskets: Baskets;
  readonly places: Places;
  readonly taken: ReturnType<typeof createTaken>;
  readonly sales: SaleStore;
  readonly extras: Extras;
  readonly issuer: Issuer;
  readonly deliveries: DeliveryLog;
  readonly ticketing: Ticketing;
  readonly verifiedPhone: VerifiedPhoneOf;
  readonly key: CodeKey;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly mail: Pick<Mail, 'queueInBatch' | 'nudge'>;
  readonly addresses: Addresses;
}

/** What becomes of money that came in for an order. */
export type Settled = 'honoured' | 'refund';

export interface Orders {
  /** @throws GatehouseError of baskets, guests, orders */
  place(
    token: string,
    wish: OrderWish,
    who: { buyer: Buyer | null; channel: Channel },
  ): Promise<{ order: Order; token: string }>;
  /** Inside a batch: writes an order down over places that are its basket's or its own. */
  write(draft: Draft, items: readonly BasketItem[], totals: Totals): string;
  /** Inside a batch: makes the tickets of an order that needs no further payment. */
  confirm(order: string, by: string | null): void;
  /** Inside a batch: money came in; says whether it is taken or has to go back. */
  settle(order: string): Settled;
  /** Inside a batch: a cancelled or refunded order's tickets open no gate any more. */
  end(order: string, state: 'cancelled' | 'refunded', by: string | null, reason: string): void;
  /**
   * Inside a batch: some items of a confirmed order go, and their places are free; gives what they
   * cost. Charges stay with the rest.
   * @throws GatehouseError `order-item-unknown`
   */
  endItems(order: string, items: readonly string[], by: string | null, reason: string): number;
  /** Inside a batch: the guest is told that money goes back. */
  refunding(order: string, cents: number, reason: string): void;
  /** Inside a batch: lets go of orders and baskets whose time is over. */
  sweep(): void;
  find(id: string): Order;
  /** @throws GatehouseError `order-unknown` for any order but one's own */
  own(id: string, token: string | undefined, buyer: Buyer | null): Order;
  tokenOf(order: string): string;
  /** After a batch that changed orders: gateways and mail hear of it. */
  changed(): void;
}

export function createOrders(parts: OrderParts): Orders {
  const { store, orders, key, places, ticketing, mail, clock } = parts;
  const changed = () => {
    ticketing.changed();
    mail.nudge();
  };
  const find = (id: string, reader?: 'batch') => {
    const order = orders.find(id, reader);
    if (!order) throw saleError('order-unknown');
    return order;
  };
  return {
    async place(token, wish, who) {
      const id = await store.batch(() => place(parts, digestOf(token), wish, who));
      changed();
      return { order: find(id), token: key.orderToken(id) };
    },
    write: (draft, items, totals) => write(parts, draft, items, totals),
    confirm: (order, by) => confirm(parts, find(order, 'batch'), by),
    settle: (order) => settle(parts, find(order, 'batch')),
    end(id, state, by, reason) {
      const order = find(id, 'batch');
      const now = clock.now();
      const live: OrderState[] = ['option', 'awaiting-payment', 'confirmed'];
      if (!live.includes(order.row.state))
        throw saleError('order-state', { state: order.row.state });
      for (const item of order.items) {
        if (item.state !== 'active') continue;
        const ticket = item.ticket === null ? undefined : parts.issuer.find(item.ticket);
        if (ticket) parts.issuer.status(ticket, 'cancelled', now);
        orders.itemState(item.id, state);
      }
      places.letGoOfOrder(id);
      orders.state(id, state, now);
      orders.event(id, { at: now, what: state, by_whom: by, reason });
    },
    endItems: (id, items, by, reason) => endItems(parts, find(id, 'batch'), items, { by, reason }),
    refunding: (id, cents, reason) => refunding(parts, find(id, 'batch'), cents, reason),
    sweep: () => sweep(parts),
    find: (id) => find(id),
    own(id, token, buyer) {
      const order = orders.find(id);
      const byToken = token !== undefined && order?.row.digest === digestOf(token);
      const byAccount = buyer !== null && order?.row.account === buyer.account;
      if (!order || !(byToken || byAccount)) throw saleError('order-unknown');
      return order;
    },
    tokenOf: (order) => key.orderToken(order),
    changed,
  };
}

function endItems(
  { orders, issuer, places, clock }: OrderParts,
  { row, items }: Order,
  wanted: readonly string[],
  { by, reason }: { by: string | null; reason: string },
): number {
  const now = clock.now();
  const chosen = items.filter(({ id, state }) => state === 'active' && wanted.includes(id));
  if (chosen.length !== new Set(wanted).size) throw saleError('order-item-unknown');
  for (const item of chosen) {
    const ticket = item.ticket === null ? undefined : issuer.find(item.ticket);
    if (ticket) issuer.status(ticket, 'cancelled', now);
    orders.itemState(item.id, 'refunded');
    places.letGoOfOne(row.id, item);
  }
  orders.event(row.id, { at: now, what: 'items-refunded', by_whom: by, reason });
  return chosen.reduce((sum, { cents }) => sum + cents, 0);
}

function sweep({ orders, places, clock }: OrderParts): void {
  const now = clock.now();
  orders.expire(now);
  places.sweep(now);
}

function place(
  parts: OrderParts,
  digest: string,
  wish: OrderWish,
  { buyer, channel }: { buyer: Buyer | null; channel: Channel },
): string {
  const { orders, baskets, taken } = parts;
  const repeated = orders.byBasket(digest);
  if (repeated) return repeated.id;
  if (orders.byKey(wish.key)) throw saleError('order-key-used');
  const now = parts.clock.now();
  const { basket, places, extras } = baskets.take(digest, now);
  const items = baskets.items(places, 'batch');
  if (!items.every((item) => isServed(item, channel))) throw saleError('basket-unknown');
  const bound = buyerNow(buyer, parts.verifiedPhone);
  const phone = boundNumber(items, bound, basket.phone, wish.delivery);
  if (wish.name.trim() === '' || wish.email === '') throw saleError('order-needs-contact');
  const account = buyer?.account ?? null;
  for (const [performance, own] of Map.groupBy(items, (item) => item.performance)) {
    const sold = parts.sales.find(performance);
    if (sold) checkGuestMaximum(taken, sold, own.length, { account, phone });
  }
  const expires = now + PAYMENT_MS;
  const draft: Draft = {
    ...{ key: wish.key, basket: digest, account, phone, wish, channel, expires },
    ...{ state: 'awaiting-payment', by: null, reason: null },
  };
  const totals = baskets.totals(items, extras);
  const id = write(parts, draft, items, totals);
  parts.places.order(digest, id, expires);
  parts.extras.prune(digest, new Set());
  if (totals.total === 0) confirm(parts, parts.orders.find(id, 'batch') as Order, null);
  return id;
}

/** The number verified now is the one that tickets are bound to (S1, S2, S3). */
function boundNumber(
  items: readonly BasketItem[],
  buyer: Buyer | null,
  filledWith: string | null,
  delivery: DeliveryWay,
): string | null {
  if (!items.some(({ secure }) => secure)) return null;
  const phone = numberFor({ secure: true }, buyer);
  if (filledWith !== phone) throw saleError('phone-changed');
  if (delivery !== 'e-ticket') throw saleError('secure-e-ticket-only');
  return phone;
}

function write(
  { orders, key, random, clock }: OrderParts,
  draft: Draft,
  items: readonly BasketItem[],
  totals: Totals,
): string {
  const now = clock.now();
  const id = Buffer.from(random(12)).toString('hex');
  const { wish } = draft;
  const row: OrderTable = {
    id,
    number: orders.nextNumber(),
    digest: digestOf(key.orderToken(id)),
    client_key: draft.key,
    ...{ basket: draft.basket, account: draft.account, phone: draft.phone },
    ...{ name: wish.name.trim(), email: wish.email, contact_phone: wish.contactPhone },
    ...{ language: wish.language, channel: draft.channel, state: draft.state },
    ...{ delivery: wish.delivery, total: totals.total, note: wish.note },
    ...{ placed_by: draft.by, reason: draft.reason, expires: draft.expires },
    ...{ created: now, changed: now, confirmed: null, forgotten: null },
  };
  orders.add(row, items, totals);
  orders.event(id, { at: now, what: 'placed', by_whom: draft.by, reason: draft.reason });
  return id;
}

/** Tickets are made in the transaction that says the order is paid: both, or neither. */
function confirm(parts: OrderParts, order: Order, by: string | null): void {
  const { orders, issuer, places, sales, deliveries, clock } = parts;
  const now = clock.now();
  const { row } = order;
  for (const item of order.items) {
    if (item.state !== 'active' || item.ticket !== null) continue;
    const sold = sales.find(item.performance);
    const { performance, secure } = item;
    const { language } = row;
    const label = { ...item.label, ...noteOf(item.label.note, row.note), language };
    const ticket = issuer.make(
      { performance, secure, phone: row.phone, label, delivered: row.delivery },
      now,
    );
    orders.ticket(item.id, ticket);
    deliveries.add({
      ...{ ticket, performance, order_id: row.id, at: now, how: row.delivery },
      kind: secure ? 'secure' : 'regular',
      made_regular: sold?.secure && !secure ? 1 : 0,
      ...{ new_code: 1, by_whom: by ?? row.placed_by ?? '', reason: row.reason ?? '', lane: null },
    });
  }
  places.keep(row.id);
  orders.confirm(row.id, now);
  orders.event(row.id, { at: now, what: 'confirmed', by_whom: by, reason: null });
  queueMail(parts, { ...order, row: { ...row, state: 'confirmed' } });
}

/** Notes for the lane: from the seat, and what was said with the order (E9). */
function noteOf(seat: string | undefined, order: string): { note?: string } {
  const note = [seat, order].filter((text) => text !== undefined && text !== '').join(' · ');
  return note === '' ? {} : { note };
}

function queueMail(parts: OrderParts, order: Order): void {
  const { row } = order;
  const language = row.language === 'en' ? 'en' : 'nl';
  const info = reserveerinfo(order, parts.sales, parts.addresses, language);
  tell(parts, row, {
    ...{ to: row.email, template: 'order-confirmation', language },
    data: { gast: { naam: row.name, email: row.email }, reserveerinfo: info },
    key: `order:${row.id}:confirmation`,
    attachments: [{ kind: 'tickets', reference: row.id }],
  });
}

function refunding(parts: OrderParts, order: Order, cents: number, reason: string): void {
  const { row } = order;
  const language = row.language === 'en' ? 'en' : 'nl';
  const at = parts.clock.now();
  parts.orders.event(row.id, { at, what: 'refund', by_whom: null, reason });
  const reserveerinfoOf = reserveerinfo(order, parts.sales, parts.addresses, language);
  const terugbetaling = { bedrag: cents, betaalwijze: '', reden: '', regels: [] };
  tell(parts, row, {
    ...{ to: row.email, template: 'refund', language },
    data: {
      ...{ gast: { naam: row.name, email: row.email }, reserveerinfo: reserveerinfoOf },
      terugbetaling,
    },
    key: `order:${row.id}:refund:${at}`,
  });
}

function tell(parts: OrderParts, row: OrderTable, message: Message): void {
  if (row.email === '') return;
  try {
    parts.mail.queueInBatch(message);
  } catch (fault) {
    // A mail that cannot be queued must not undo a paid order; staff see it without its mail.
    const { code } = fault as { code?: string };
    parts.log.error({ order: row.id, code }, 'a mail of this order could not be queued');
    parts.orders.event(row.id, {
      ...{ at: parts.clock.now(), what: 'mail-failed', by_whom: null, reason: code ?? null },
    });
  }
}

/** Money for an order that has ended is taken if its places are still free (L3). */
function settle(parts: OrderParts, order: Order): Settled {
  const { row } = order;
  const now = parts.clock.now();
  const waiting = row.state === 'awaiting-payment' || row.state === 'option';
  const late = row.state === 'expired' || (waiting && (row.expires ?? now + 1) <= now);
  if (!waiting && !late) return 'refund';
  if (late && !regained(parts, order, now)) {
    if (waiting) sweep(parts);
    return 'refund';
  }
  confirm(parts, order, null);
  return 'honoured';
}

/** Whether an order could take its places again; all of them or none. */
function regained(parts: OrderParts, order: Order, now: Moment): boolean {
  const { places, sales, orders, taken, random } = parts;
  const { row } = order;
  sweep(parts);
  const active = order.items.filter(({ state }) => state === 'active');
  const groups = [...Map.groupBy(active, ({ performance }) => performance)];
  for (const [performance, items] of groups) {
    const sold = sales.find(performance);
    if (!sold) return false;
    const free = places.free(sold, now, 'batch');
    const seated = ({ seat }: { seat: string | null }) => seat !== null && free.seats.has(seat);
    const fits = free.count >= items.length && (sold.plan === null || items.every(seated));
    const had = sold.guestMax === null ? 0 : taken(performance, row.account, row.phone);
    if (!fits || had + items.length > (sold.guestMax ?? Number.POSITIVE_INFINITY)) return false;
  }
  for (const { extra, count = 1 } of order.charges) {
    const left = extra === undefined ? null : parts.extras.left(extra, now, 'batch');
    if (left !== null && left < count) return false;
  }
  for (const { performance, seat, rank, type } of active) {
    const id = Buffer.from(random(8)).toString('hex');
    const of = { performance, seat, rank, type, basket: null, order_id: row.id };
    places.add({ ...of, id, state: 'ordered', until: null, created: now });
  }
  orders.event(row.id, { at: now, what: 'regained', by_whom: null, reason: null });
  return true;
}
