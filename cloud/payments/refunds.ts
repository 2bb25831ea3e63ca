import type { Clock, Log, Random } from '../ports.ts';
import type { PaymentTable, RefundTable, Store } from '../store/index.ts';
import { paymentError } from './errors.ts';
import type { PaymentStore } from './payment-store.ts';
import type { PaymentProvider } from './provider.ts';

/** A refund that fails is tried again after this long, longer each time. */
const TRY_AFTER_MS = [60_000, 300_000, 1_800_000, 7_200_000, 21_600_000] as const;
/** Then a person has to pay it back. */
export const TRIES_MAX = 20;
const ROUND_MAX = 50;

/** Money that goes back: written down first, sent afterwards, each once. */
export interface Refunds {
  /** Inside a batch; all of it unless said otherwise. */
  add(payment: PaymentTable, reason: string, cents?: number): void;
  /** Inside a batch: all that came in for an order and has not gone back; gives the sum. */
  addAll(order: string, reason: string): number;
  /** Inside a batch: so many cents, or what has come in and not gone back; gives the sum. */
  addSome(order: string, cents: number, reason: string): number;
  round(goesOn: () => boolean): Promise<void>;
}

export function createRefunds(parts: {
  store: Store;
  clock: Clock;
  random: Random;
  log: Log;
  kept: PaymentStore;
  provider(name?: string): PaymentProvider | undefined;
}): Refunds {
  const { store, clock, random, log, kept } = parts;

  function add(payment: PaymentTable, reason: string, cents = payment.cents): void {
    const now = clock.now();
    kept.addRefund({
      id: Buffer.from(random(12)).toString('hex'),
      ...{ payment: payment.id, order_id: payment.order_id, cents },
      ...{ currency: payment.currency, reason, state: 'waiting', reference: null, tries: 0 },
      ...{ try_at: now, created: now, changed: now },
    });
  }

  async function send(refund: RefundTable): Promise<void> {
    const payment = kept.find(refund.payment);
    const provider = payment && parts.provider(payment.provider);
    try {
      if (!provider || payment.reference === null) throw new Error('no provider');
      const { id: key, cents, currency, reason: description } = refund;
      const sent = { key, reference: payment.reference, cents, currency, description };
      const { reference } = await provider.refund(sent);
      const done = { state: 'sent', reference, try_at: null, changed: clock.now() } as const;
      await store.batch(() => kept.setRefund({ ...refund, ...done }));
    } catch (fault) {
      await failed(refund, fault);
    }
  }

  async function failed(refund: RefundTable, fault: unknown): Promise<void> {
    const tries = refund.tries + 1;
    const now = clock.now();
    const after = TRY_AFTER_MS[Math.min(tries, TRY_AFTER_MS.length) - 1] as number;
    const over = tries >= TRIES_MAX;
    const { code, message } = paymentError('refund-failed', { tries });
    const name = (fault as Error).name;
    if (over) log.error({ code, refund: refund.id, fault: name }, message);
    else log.warn({ refund: refund.id, fault: name }, 'a refund is tried again');
    const next = over ? { state: 'failed' as const, try_at: null } : { try_at: now + after };
    await store.batch(() => kept.setRefund({ ...refund, tries, ...next, changed: now }));
  }

  function addSome(order: string, wanted: number, reason: string): number {
    const back = kept.refundsOf(order, 'batch');
    let left = wanted;
    for (const payment of kept.ofOrder(order, 'batch')) {
      const gone = back.filter((one) => one.payment === payment.id);
      const rest = payment.cents - gone.reduce((sum, { cents }) => sum + cents, 0);
      const cents = Math.min(left, rest);
      if (payment.state !== 'paid' || cents <= 0) continue;
      add(payment, reason, cents);
      left -= cents;
    }
    return wanted - left;
  }

  return {
    add,
    addSome,
    addAll: (order, reason) => {
      const paid = kept.ofOrder(order, 'batch').reduce((sum, { cents }) => sum + cents, 0);
      return addSome(order, paid, reason);
    },
    async round(goesOn) {
      for (const refund of kept.refundsDue(clock.now(), ROUND_MAX)) {
        if (goesOn()) await send(refund);
      }
    },
  };
}
