import type { Moment } from '@gatehouse/protocol';
import type { Store } from '../../store/index.ts';
import { rowOf } from '../rows.ts';
import type { SaleStore } from '../sale/sale-store.ts';
import { saleError } from '../sale-errors.ts';
import type { DeliveryLog } from './delivery-log.ts';
import type { Issuer, TicketRecord } from './issuer.ts';

/** How a ticket reaches its guest; `as-regular` takes its phone away (S2), `door` does so there. */
export type Way = 'download' | 'mail' | 'hard-copy' | 'bulk' | 'as-regular' | 'door';

export interface DeliveryOrder {
  readonly way: Way;
  /** Only regular to regular; hard copy always has a new code. */
  readonly replaceCode?: boolean;
  readonly by: string;
  readonly reason: string;
  readonly lane?: string | undefined;
}

/** What a delivery did. */
export interface Delivered {
  readonly ticket: string;
  readonly kind: 'regular' | 'secure';
  readonly newCode: boolean;
  readonly used: boolean;
}

/** What rule B2 makes of a delivery. */
export interface Effect {
  readonly kind: 'regular' | 'secure';
  readonly newCode: boolean;
}

/** Paper has a code of its own: whoever kept the e-ticket must not come in on it. */
const ON_PAPER: readonly Way[] = ['hard-copy', 'door'];

/** Rule B2: what a delivery makes of a ticket. */
export function effectOf(
  ticket: { kind: 'regular' | 'secure'; delivered: string | null; issue: number | null },
  { way, replaceCode = false }: Pick<DeliveryOrder, 'way' | 'replaceCode'>,
): Effect {
  const paper = ON_PAPER.includes(way);
  if (ticket.kind === 'secure') {
    const regular = paper || way === 'as-regular';
    return regular ? { kind: 'regular', newCode: true } : { kind: 'secure', newCode: false };
  }
  if (way === 'as-regular') throw saleError('delivery-not-secure');
  // What came on paper and goes back to the screen must not leave the paper good beside it.
  const fromPaper = ticket.delivered === 'hard-copy' || ticket.delivered === 'door';
  const newCode = paper || replaceCode || fromPaper;
  if (!newCode && ticket.issue === null) throw saleError('delivery-no-code');
  return { kind: 'regular', newCode };
}

/** Statuses that nothing is delivered for. */
const DEAD: readonly string[] = ['cancelled', 'taken-back'];

export interface DeliverParts {
  readonly store: Store;
  readonly issuer: Issuer;
  readonly log: DeliveryLog;
  readonly sales: SaleStore;
}

/**
 * Delivers one ticket again, inside a batch of the store.
 * @throws GatehouseError `ticket-unknown`, `delivery-…`, `order-reason-missing`
 */
export function createDeliver({ store, issuer, log }: DeliverParts) {
  const item = store.prepare('select id, order_id from order_items where ticket = ?');
  const unsecure = store.prepare('update order_items set secure = 0 where id = ?');
  const secure = store.prepare('select secure from performances where id = ?');

  return function deliver(id: string, order: DeliveryOrder, now: Moment): Delivered {
    const ticket = issuer.find(id);
    if (!ticket || ticket.replaced_by !== null) throw saleError('delivery-ticket-unknown');
    if (DEAD.includes(ticket.status)) {
      throw saleError('delivery-ticket-dead', { status: ticket.status });
    }
    const effect = effectOf(ticket, order);
    const madeRegular = ticket.kind === 'secure' && effect.kind === 'regular';
    if (madeRegular && order.reason.trim() === '') throw saleError('order-reason-missing');
    if (effect.newCode) issuer.renew(ticket, now);
    const how = deliveredAs(order.way);
    issuer.delivered(id, how);
    const of = rowOf<{ id: string; order_id: string }>(item, id);
    if (of && madeRegular) unsecure.run(of.id);
    const { performance } = ticket;
    const wasSecure = rowOf<{ secure: number }>(secure, performance)?.secure === 1;
    log.add({
      ...{ ticket: id, performance, order_id: of?.order_id ?? null, at: now, how: order.way },
      ...{ kind: effect.kind, made_regular: madeRegular && wasSecure ? 1 : 0 },
      ...{ new_code: effect.newCode ? 1 : 0, by_whom: order.by, reason: order.reason },
      lane: order.lane ?? null,
    });
    return { ticket: id, ...effect, used: isUsed(ticket) };
  };
}

export type Deliver = ReturnType<typeof createDeliver>;

export function isUsed({ used, inside }: Pick<TicketRecord, 'used' | 'inside'>): boolean {
  return used > 0 || inside > 0;
}

function deliveredAs(way: Way): string {
  return way === 'hard-copy' || way === 'door' ? way : 'e-ticket';
}
