import type { Moment } from '@gatehouse/protocol';
import type { Clock, Log } from '../ports.ts';
import type { PaymentTable, Store } from '../store/index.ts';
import type { PaymentStore } from './payment-store.ts';
import type { NewPayment, PaymentFacts, PaymentProvider } from './provider.ts';
import type { Refunds } from './refunds.ts';

/** The provider is asked about a payment this long after, again and again, until it has ended. */
const ASK_AFTER_MS = [30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000] as const;
/** Then it is given up on: methods that are still open after weeks are settled by hand. */
export const ASKS_MAX = 800;
/** Payments asked about in one round at most. */
const ROUND_MAX = 50;
const ROUND_EVERY_MS = 10_000;

/** When a payment that begins now is first asked about. */
export const firstAsk = (now: Moment): Moment => now + ASK_AFTER_MS[0];

/** When a payment that is still open is asked about next. */
export function nextAsk({ asked }: PaymentTable, now: Moment) {
  const after = ASK_AFTER_MS[Math.min(asked, ASK_AFTER_MS.length - 1)] as number;
  return { ask_at: asked < ASKS_MAX ? now + after : null, asked: asked + 1 };
}

/** Asks about payments of which nobody has told, and sends refunds, from start to stop. */
export function createPaymentRounds(parts: {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly kept: PaymentStore;
  readonly refunds: Refunds;
  provider(name: string): PaymentProvider | undefined;
  /** A payment whose making got no answer, as it is made once more under the same key. */
  again(payment: PaymentTable): NewPayment;
  take(payment: string, facts: PaymentFacts): Promise<void>;
}): { start(): void; stop(): Promise<void> } {
  const { store, clock, log, kept, refunds } = parts;
  let timer: unknown;
  let round: Promise<void> | undefined;
  let isRunning = false;

  async function ask(payment: PaymentTable): Promise<void> {
    const provider = parts.provider(payment.provider);
    if (!provider) return postpone(payment);
    try {
      // Without an answer to the first call it is made again under the same key: no second one.
      const facts =
        payment.reference === null
          ? await provider.create(parts.again(payment))
          : await provider.get(payment.reference);
      await parts.take(payment.id, facts);
    } catch (fault) {
      log.warn({ payment: payment.id, fault: (fault as Error).name }, 'no word of a payment');
      await postpone(payment);
    }
  }

  async function postpone(payment: PaymentTable): Promise<void> {
    await store.batch(() => {
      const row = kept.find(payment.id, 'batch');
      if (row && row.ask_at !== null) kept.set({ ...row, ...nextAsk(row, clock.now()) });
    });
  }

  async function rounds(): Promise<void> {
    for (const payment of kept.due(clock.now(), ROUND_MAX)) {
      if (isRunning) await ask(payment);
    }
    await refunds.round(() => isRunning);
  }

  function again(after: number): void {
    timer = clock.setTimeout(() => {
      round = rounds()
        .catch((fault) => log.error({ fault }, 'a round of payments failed'))
        .finally(() => isRunning && again(ROUND_EVERY_MS));
    }, after);
  }

  return {
    start() {
      isRunning = true;
      // What happened while nobody was here was told to nobody.
      void store
        .batch(() => kept.allDue(clock.now()))
        .catch((fault) => log.error({ fault }, 'open payments could not be looked at'))
        .finally(() => isRunning && again(0));
    },
    async stop() {
      isRunning = false;
      clock.clearTimeout(timer);
      await round;
    },
  };
}
