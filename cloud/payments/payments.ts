import type { Clock, Log, Random } from '../ports.ts';
import type { PaymentTable, Store } from '../store/index.ts';
import { paymentError } from './errors.ts';
import { createPaymentRounds, firstAsk, nextAsk } from './payment-rounds.ts';
import { createPaymentStore, type PaymentStore } from './payment-store.ts';
import { CURRENCY, type PaymentFacts, type PaymentProvider } from './provider.ts';
import { createRefunds, type Refunds } from './refunds.ts';

/** A guest who clicks again meanwhile gets the same payment. */
const SAME_WITHIN_MS = 10 * 60_000;

/** An order as far as paying for it goes. */
export interface Payable {
  readonly order: string;
  readonly cents: number;
  readonly description: string;
  readonly language: 'nl' | 'en';
  readonly redirectUrl: string;
}

/** What orders make of money; both run inside the batch that writes the payment down. */
export interface PaidOrders {
  /** Takes it, or says that it has to go back. */
  settle(order: string): 'honoured' | 'refund';
  refunding(order: string, cents: number, reason: string): void;
  /** After the batch. */
  changed(): void;
}

export interface PaymentParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly orders: PaidOrders;
  /** The provider by name; `undefined` where it is not set up. */
  provider(name?: string): PaymentProvider | undefined;
  /** Where providers tell that something has changed: address of one payment. */
  webhookUrl(payment: string): string;
}

export interface Payments {
  readonly store: PaymentStore;
  readonly refunds: Refunds;
  /**
   * @param payable asked inside the batch that writes the payment down, so that nothing it goes by
   * can change in between
   * @throws GatehouseError `payment-unavailable`, `payment-not-configured`, `payment-not-needed`;
   * whatever `payable` throws
   */
  begin(payable: () => Payable): Promise<{ payment: string; checkout: string }>;
  /** A provider says that something changed; only what it answers when asked counts. */
  heard(payment: string, reference: string): Promise<void>;
  /** Takes in what a provider said; also how the built-in test payment ends. */
  take(payment: string, facts: PaymentFacts): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

export function createPayments(parts: PaymentParts): Payments {
  const { store, orders } = parts;
  const kept = createPaymentStore(store);
  const refunds = createRefunds({ ...parts, kept });

  async function take(id: string, facts: PaymentFacts): Promise<void> {
    await store.batch(() => apply(parts, kept, refunds, id, facts));
    orders.changed();
  }

  const rounds = createPaymentRounds({
    ...{ ...parts, kept, refunds, take },
    again: (payment) => newPayment(parts, payment, 'nl', ''),
  });
  return {
    store: kept,
    refunds,
    begin: (payable) => begin(parts, kept, payable, take),
    async heard(id, reference) {
      const payment = kept.find(id);
      if (!payment || (payment.reference !== null && payment.reference !== reference)) return;
      const provider = parts.provider(payment.provider);
      if (!provider) return;
      let facts: PaymentFacts;
      try {
        facts = await provider.get(reference);
      } catch (cause) {
        throw paymentError('payment-unavailable', {}, cause);
      }
      await take(id, facts);
    },
    take,
    start: rounds.start,
    stop: rounds.stop,
  };
}

/** Writes a payment down, then has the provider make it: a crash in between is found again. */
async function begin(
  parts: PaymentParts,
  kept: PaymentStore,
  asked: () => Payable,
  take: Payments['take'],
): Promise<{ payment: string; checkout: string }> {
  const { payable, payment, made } = await parts.store.batch(() => noteDown(parts, kept, asked()));
  if (made !== null) return { payment: payment.id, checkout: made };
  const provider = parts.provider(payment.provider);
  if (!provider) throw paymentError('payment-not-configured');
  let facts: PaymentFacts;
  try {
    const { language, description, redirectUrl } = payable;
    const wanted = newPayment(parts, payment, language, redirectUrl);
    facts = await provider.create({ ...wanted, description });
  } catch (cause) {
    throw paymentError('payment-unavailable', {}, cause);
  }
  await take(payment.id, facts);
  if (facts.checkout === null) throw paymentError('payment-unavailable');
  return { payment: payment.id, checkout: facts.checkout };
}

/** Inside a batch: the payment that was begun just now, or a new one; `made` is its checkout. */
function noteDown(parts: PaymentParts, kept: PaymentStore, payable: Payable) {
  if (payable.cents <= 0) throw paymentError('payment-not-needed');
  const provider = parts.provider();
  if (!provider) throw paymentError('payment-not-configured');
  const now = parts.clock.now();
  const same = kept
    .ofOrder(payable.order, 'batch')
    .find(
      ({ state, created, cents }) =>
        state === 'open' && created > now - SAME_WITHIN_MS && cents === payable.cents,
    );
  if (same?.checkout) return { payable, payment: same, made: same.checkout };
  const id = Buffer.from(parts.random(12)).toString('hex');
  const payment = rowOf(payable, id, provider.name, now);
  kept.add(payment);
  return { payable, payment, made: null };
}

function rowOf(payable: Payable, id: string, provider: string, now: number): PaymentTable {
  return {
    ...{ id, order_id: payable.order, provider, reference: null, cents: payable.cents },
    ...{ currency: CURRENCY, state: 'making', checkout: null, asked: 0 },
    ...{ ask_at: firstAsk(now), created: now, changed: now },
  };
}

function newPayment(
  parts: PaymentParts,
  { id, cents, currency }: PaymentTable,
  language: 'nl' | 'en',
  redirectUrl: string,
) {
  const webhookUrl = parts.webhookUrl(id);
  const redirect = redirectUrl === '' ? new URL('/', webhookUrl).href : redirectUrl;
  return { id, cents, currency, description: id, redirectUrl: redirect, webhookUrl, language };
}

/** Inside a batch: what a provider said about one of our payments. */
function apply(
  { clock, log, orders }: PaymentParts,
  kept: PaymentStore,
  refunds: Refunds,
  id: string,
  facts: PaymentFacts,
): void {
  const row = kept.find(id, 'batch');
  if (!row || row.state === 'paid' || row.state === 'wrong') return;
  const isOurs = facts.payment === id && [null, facts.reference].includes(row.reference);
  if (!isOurs) {
    log.warn({ code: 'payment-foreign', payment: id }, paymentError('payment-foreign').message);
    return;
  }
  const now = clock.now();
  const { reference, checkout, state } = facts;
  const known = { ...row, reference, checkout, changed: now };
  if (state !== 'paid') {
    kept.set({ ...known, state, ...(state === 'open' ? nextAsk(row, now) : { ask_at: null }) });
    return;
  }
  const right = facts.cents === row.cents && facts.currency === row.currency;
  kept.set({ ...known, state: right ? 'paid' : 'wrong', ask_at: null });
  if (right && orders.settle(row.order_id) === 'honoured') return;
  const code = right ? 'payment-late' : 'payment-wrong-amount';
  log.warn({ code, payment: id }, paymentError(code).message);
  refunds.add({ ...row, cents: facts.cents, currency: facts.currency }, code);
  orders.refunding(row.order_id, facts.cents, code);
}
