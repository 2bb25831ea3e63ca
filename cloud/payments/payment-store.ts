import type { PaymentTable, RefundTable, Store } from '../store/index.ts';

/** Payments and refunds on disk; what writes runs inside a batch of the store. */
export interface PaymentStore {
  find(id: string, reader?: 'batch'): PaymentTable | undefined;
  ofOrder(order: string, reader?: 'batch'): PaymentTable[];
  add(payment: PaymentTable): void;
  set(payment: PaymentTable): void;
  /** Payments that the provider is to be asked about by now. */
  due(now: number, limit: number): PaymentTable[];
  /** All payments that are still open are to be asked about now. */
  allDue(now: number): void;
  addRefund(refund: RefundTable): void;
  setRefund(refund: RefundTable): void;
  refundsDue(now: number, limit: number): RefundTable[];
  refundsOf(order: string, reader?: 'batch'): RefundTable[];
  settings(tenant: string, reader?: 'batch'): string | undefined;
  putSettings(tenant: string, value: string): void;
}

export function createPaymentStore(store: Store): PaymentStore {
  const read = readers((text) => store.prepareRead(text));
  const batch = readers((text) => store.prepare(text));
  const due = store.prepareRead('select * from payments where ask_at <= ? order by ask_at limit ?');
  const refundsDue = store.prepareRead(
    'select * from refunds where try_at <= ? order by try_at limit ?',
  );
  const add = store.prepare(`insert into payments (id, order_id, provider, reference, cents,
    currency, state, checkout, ask_at, asked, created, changed)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const set = store.prepare(`update payments set reference = ?, state = ?, checkout = ?, ask_at = ?,
    asked = ?, changed = ? where id = ?`);
  const addRefund = store.prepare(`insert into refunds (id, payment, order_id, cents, currency,
    reason, state, reference, tries, try_at, created, changed)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const setRefund = store.prepare(`update refunds set state = ?, reference = ?, tries = ?,
    try_at = ?, changed = ? where id = ?`);
  return {
    find: (id, reader) => (reader ? batch : read).find(id),
    ofOrder: (order, reader) => (reader ? batch : read).ofOrder(order),
    refundsOf: (order, reader) => (reader ? batch : read).refundsOf(order),
    add(one) {
      add.run(
        ...[one.id, one.order_id, one.provider, one.reference, one.cents, one.currency],
        ...[one.state, one.checkout, one.ask_at, one.asked, one.created, one.changed],
      );
    },
    set(one) {
      const { reference, state, checkout, ask_at, asked, changed, id } = one;
      set.run(reference, state, checkout, ask_at, asked, changed, id);
    },
    due: (now, limit) => due.all(now, limit) as unknown as PaymentTable[],
    allDue: (now) =>
      void store.prepare('update payments set ask_at = ?1 where ask_at > ?1').run(now),
    addRefund(one) {
      addRefund.run(
        ...[one.id, one.payment, one.order_id, one.cents, one.currency, one.reason, one.state],
        ...[one.reference, one.tries, one.try_at, one.created, one.changed],
      );
    },
    setRefund: ({ state, reference, tries, try_at, changed, id }) =>
      void setRefund.run(state, reference, tries, try_at, changed, id),
    refundsDue: (now, limit) => refundsDue.all(now, limit) as unknown as RefundTable[],
    settings: (tenant, reader) => (reader ? batch : read).settings(tenant),
    putSettings: (tenant, value) =>
      void store
        .prepare('insert or replace into payment_settings values (?, ?)')
        .run(tenant, value),
  };
}

function readers(prepare: Store['prepare']) {
  const find = prepare('select * from payments where id = ?');
  const ofOrder = prepare('select * from payments where order_id = ? order by created');
  const refunds = prepare('select * from refunds where order_id = ? order by created');
  const settings = prepare('select value from payment_settings where tenant = ?');
  return {
    find: (id: string) => find.get(id) as unknown as PaymentTable | undefined,
    ofOrder: (order: string) => ofOrder.all(order) as unknown as PaymentTable[],
    refundsOf: (order: string) => refunds.all(order) as unknown as RefundTable[],
    settings: (tenant: string) => (settings.get(tenant) as { value: string } | undefined)?.value,
  };
}
