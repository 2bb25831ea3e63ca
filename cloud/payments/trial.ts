import type { Clock, Random } from '../ports.ts';
import { paymentError } from './errors.ts';
import { CURRENCY, type PaymentFacts, type PaymentProvider } from './provider.ts';
import type { PaymentSetup, Trial } from './setup.ts';

/** Enough for every method of payment that has a least amount. */
export const TRIAL_CENTS = 100;

export type TrialBegun =
  | { readonly ok: true; readonly trial: Trial }
  /** In the provider's own words. */
  | { readonly ok: false; readonly said: string };

/** Test payments through the provider itself; they belong to no order. */
export interface Trials {
  /** @throws GatehouseError `payment-not-configured` */
  begin(language: 'nl' | 'en'): Promise<TrialBegun>;
  /** What the provider says of the newest one now. @throws GatehouseError `payment-unknown` */
  look(): Promise<{ trial: Trial; state: PaymentFacts['state'] | 'unknown' }>;
  /** Whether what a provider told was about the newest one. */
  heard(payment: string, reference: string): Promise<boolean>;
}

export function createTrials(parts: {
  setup: PaymentSetup;
  clock: Clock;
  random: Random;
  /** `undefined` where none is set up. */
  provider(): PaymentProvider | undefined;
  webhookUrl(payment: string): string;
  /** Where whoever pays comes back to. */
  redirectUrl(): string;
}): Trials {
  const { setup, clock, random } = parts;
  const need = () => {
    const provider = parts.provider();
    if (!provider) throw paymentError('payment-not-configured');
    return provider;
  };
  return {
    async begin(language) {
      const provider = need();
      const id = `trial-${Buffer.from(random(12)).toString('hex')}`;
      let facts: PaymentFacts;
      try {
        facts = await provider.create({
          ...{ id, cents: TRIAL_CENTS, currency: CURRENCY, language },
          description: language === 'nl' ? 'Testbetaling' : 'Test payment',
          ...{ redirectUrl: parts.redirectUrl(), webhookUrl: parts.webhookUrl(id) },
        });
      } catch (fault) {
        return { ok: false, said: (fault as Error).message };
      }
      const { reference, checkout } = facts;
      const trial: Trial = { id, reference, checkout, created: clock.now(), told: null };
      await setup.change({ trial });
      return { ok: true, trial };
    },
    async look() {
      const { trial } = setup.get();
      if (!trial) throw paymentError('payment-unknown');
      try {
        return { trial, state: (await need().get(trial.reference)).state };
      } catch {
        // of another key, or the provider does not answer: what it has told us still stands
        return { trial, state: 'unknown' };
      }
    },
    async heard(payment, reference) {
      const { trial } = setup.get();
      if (trial?.id !== payment || trial.reference !== reference) return false;
      const told = clock.now();
      await setup.change((old) => ({
        told,
        ...(old.trial?.id === payment ? { trial: { ...old.trial, told } } : {}),
      }));
      return true;
    },
  };
}
