import type { Moment, TicketLabel } from '@gatehouse/protocol';
import type {
  OrderChargeTable,
  OrderEventTable,
  OrderItemTable,
  OrderState,
  OrderTable,
  PaymentTable,
  Store,
} from '../../store/index.ts';
import { numberOf, rowOf, rowsOf } from '../rows.ts';
import type { BasketItem } from '../sale/basket-view.ts';
import type { Charge, Totals } from '../sale/prices.ts';

export interface OrderItem {
  readonly id: string;
  readonly performance: string;
  readonly seat: string | null;
  readonly rank: string;
  readonly type: string;
  readonly label: TicketLabel;
  readonly secure: boolean;
  readonly cents: number;
  readonly state: OrderItemTable['state'];
  readonly ticket: string | null;
}

/** An order with its lines; amounts in whole cents that add up to `total`. */
export interface Order {
  readonly row: OrderTable;
  readonly items: readonly OrderItem[];
  readonly charges: readonly Charge[];
  /** How the newest payment for it stands; null where none was begun. */
  readonly payment: PaymentTable['state'] | null;
}

export type OrderEvent = Omit<OrderEventTable, 'n' | 'order_id'>;

/** Orders on disk; what writes runs inside a batch of the store. */
export interface OrderStore {
  find(id: string, reader?: 'batch'): Order | undefined;
  /** The order that people call so. */
  byNumber(number: string): Order | undefined;
  byDigest(digest: string): Order | undefined;
  byKey(key: string): OrderTable | undefined;
  byBasket(basket: string): OrderTable | undefined;
  ofAccount(account: string): Order[];
  nextNumber(): string;
  add(order: OrderTable, items: readonly (BasketItem & { secure: boolean })[], sum: Totals): void;
  state(id: string, state: OrderState, now: Moment): void;
  confirm(id: string, now: Moment): void;
  ticket(item: string, ticket: string): void;
  itemState(item: string, state: OrderItemTable['state']): void;
  /** Orders whose time is over become expired; gives how many. */
  expire(now: Moment): number;
  event(order: string, event: OrderEvent): void;
  events(order: string): OrderEvent[];
  /** How many tickets of a secure performance are regular, of how many (B1). */
  share(performance: string): { tickets: number; regular: number };
}

export function createOrderStore(store: Store): OrderStore {
  const read = readers((text) => store.prepareRead(text));
  const batch = readers((text) => store.prepare(text));
  const number = store.prepare(
    `update counters set value = value + 1 where name = 'order-number' returning value`,
  );
  const insert = store.prepare(
    `insert into orders values (${Array(22).fill('?').join(', ')}, null)`,
  );
  const addItem = store.prepare(
    `insert into order_items values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'active', null, ?)`,
  );
  const addCharge = store.prepare('insert into order_charges values (?, ?, ?, ?, ?, ?)');
  const setState = store.prepare('update orders set state = ?, changed = ? where id = ?');
  const confirm = store.prepare(
    `update orders set state = 'confirmed', expires = null, changed = ?, confirmed = ?
     where id = ?`,
  );
  const setTicket = store.prepare('update order_items set ticket = ? where id = ?');
  const setItem = store.prepare('update order_items set state = ? where id = ?');
  const expire = store.prepare(
    `update orders set state = 'expired', changed = ?1
     where state in ('option', 'awaiting-payment') and expires <= ?1`,
  );
  const addEvent = store.prepare(
    'insert into order_events (order_id, at, what, by_whom, reason) values (?, ?, ?, ?, ?)',
  );
  const events = store.prepareRead(
    'select at, what, by_whom, reason from order_events where order_id = ? order by n',
  );
  const share = store.prepareRead(
    `select count(*) as tickets, coalesce(sum(kind = 'regular'), 0) as regular from tickets
     where performance = ? and replaced_by is null and status = 'valid'`,
  );
  const byAccount = store.prepareRead(
    'select id from orders where account = ? order by created desc limit 200',
  );
  return {
    find: (id, reader) => (reader ? batch : read).find(id),
    byNumber: (number) => read.byNumber(number),
    byDigest: (digest) => read.byDigest(digest),
    byKey: (key) => batch.byKey(key),
    byBasket: (basket) => batch.byBasket(basket),
    ofAccount: (account) =>
      rowsOf<{ id: string }>(byAccount, account).flatMap(({ id }) => read.find(id) ?? []),
    nextNumber: () => String(numberOf(number)),
    add(row, items, { charges }) {
      insert.run(...columnsOf(row));
      for (const [position, item] of items.entries()) {
        const { id, performance, seat, rank, type, label, secure, cents } = item;
        const what = [seat, rank, type, JSON.stringify(label), secure ? 1 : 0, cents];
        addItem.run(id, row.id, performance, ...what, position);
      }
      for (const [n, { name, cents, extra = null, count = 1 }] of charges.entries()) {
        addCharge.run(row.id, n, name, cents, extra, count);
      }
    },
    state: (id, state, now) => void setState.run(state, now, id),
    confirm: (id, now) => void confirm.run(now, now, id),
    ticket: (item, ticket) => void setTicket.run(ticket, item),
    itemState: (item, state) => void setItem.run(state, item),
    expire: (now) => Number(expire.run(now).changes),
    event: (order, { at, what, by_whom, reason }) =>
      void addEvent.run(order, at, what, by_whom, reason),
    events: (order) => rowsOf(events, order),
    share: (performance) => rowOf(share, performance) as { tickets: number; regular: number },
  };
}

function columnsOf(row: OrderTable) {
  return [
    ...[row.id, row.number, row.digest, row.client_key, row.basket, row.account, row.phone],
    ...[row.name, row.email, row.contact_phone, row.language, row.channel, row.state],
    ...[row.delivery, row.total, row.note, row.placed_by, row.reason, row.expires],
    ...[row.created, row.changed, row.confirmed],
  ];
}

function readers(prepare: Store['prepare']) {
  const byId = prepare('select * from orders where id = ?');
  const byDigest = prepare('select * from orders where digest = ?');
  const byNumber = prepare('select * from orders where number = ?');
  const byKey = prepare('select * from orders where client_key = ?');
  const byBasket = prepare('select * from orders where basket = ?');
  const items = prepare('select * from order_items where order_id = ? order by position');
  const charges = prepare('select * from order_charges where order_id = ? order by position');
  const payment = prepare(
    'select state from payments where order_id = ? order by created desc, id desc limit 1',
  );
  const whole = (row: OrderTable | undefined): Order | undefined =>
    row && {
      row,
      items: rowsOf<OrderItemTable>(items, row.id).map(itemOf),
      payment: rowOf<Pick<PaymentTable, 'state'>>(payment, row.id)?.state ?? null,
      charges: rowsOf<OrderChargeTable>(charges, row.id).map(({ name, cents, extra, count }) => ({
        ...{ name, cents },
        ...(extra === null ? {} : { extra, count }),
      })),
    };
  return {
    find: (id: string) => whole(rowOf(byId, id)),
    byDigest: (digest: string) => whole(rowOf(byDigest, digest)),
    byNumber: (number: string) => whole(rowOf(byNumber, number)),
    byKey: (key: string) => rowOf<OrderTable>(byKey, key),
    byBasket: (basket: string) => rowOf<OrderTable>(byBasket, basket),
  };
}

function itemOf(row: OrderItemTable): OrderItem {
  const { id, performance, seat, rank, type, cents, state, ticket } = row;
  const label = JSON.parse(row.label) as TicketLabel;
  return {
    id,
    performance,
    seat,
    rank,
    type,
    label,
    secure: row.secure === 1,
    cents,
    state,
    ticket,
  };
}
