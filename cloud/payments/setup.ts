import type { Moment } from '@gatehouse/protocol';
import type { Also } from '../change-log.ts';
import type { Store } from '../store/index.ts';
import type { PaymentStore } from './payment-store.ts';

/** A payment without an order, by which an administrator sees that key and webhook work. */
export interface Trial {
  readonly id: string;
  readonly reference: string;
  readonly checkout: string | null;
  readonly created: Moment;
  /** When the provider told us of it; null while it has not. */
  readonly told: Moment | null;
}

/** What is set up for payments, as it stands in the store. */
export interface Setup {
  readonly mollieKey?: string | undefined;
  /** In a demonstration: the built-in test payment although there is a key. */
  readonly testPayments?: boolean | undefined;
  readonly trial?: Trial | undefined;
  /** When a provider last told us anything that was ours. */
  readonly told?: Moment | undefined;
}

export interface PaymentSetup {
  get(): Setup;
  /** What is `undefined` in the change goes. */
  change(change: Setup | ((old: Setup) => Setup), also?: Also<Setup>): Promise<void>;
}

export function createPaymentSetup(parts: {
  store: Store;
  kept: Pick<PaymentStore, 'settings' | 'putSettings'>;
  tenant: string;
}): PaymentSetup {
  const { store, kept, tenant } = parts;
  const read = (reader?: 'batch') => JSON.parse(kept.settings(tenant, reader) ?? '{}') as Setup;
  return {
    get: () => read(),
    async change(change, also) {
      await store.batch(() => {
        const old = read('batch');
        const changed = typeof change === 'function' ? change(old) : change;
        const next = { ...old, ...changed };
        kept.putSettings(tenant, JSON.stringify(next));
        also?.(old, next);
      });
    },
  };
}
