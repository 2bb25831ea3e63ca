import { createMollieClient, Locale, type Payment } from '@mollie/api-client';
import type { NewPayment, PaymentFacts, PaymentProvider } from './provider.ts';

/** `10.00` as Mollie writes amounts. */
const AMOUNT = /^(-?)(\d{1,9})\.(\d{2})$/;
const LOCALES = { nl: Locale.nl_NL, en: Locale.en_GB } as const;
const STATES: Readonly<Record<string, PaymentFacts['state']>> = {
  open: 'open',
  pending: 'open',
  authorized: 'open',
  paid: 'paid',
  failed: 'failed',
  canceled: 'cancelled',
  expired: 'expired',
};

/** Another root of the API than Mollie's own: https, with a slash at the end. */
export interface MollieAddress {
  readonly url: string;
}

/** Payments by Mollie (docs.mollie.com, Payments API v2). */
export function createMollie(apiKey: string, address?: MollieAddress): PaymentProvider {
  const client = createMollieClient({
    apiKey,
    ...(address ? { apiEndpoint: address.url } : {}),
  });
  return {
    name: 'mollie',
    async create(payment: NewPayment) {
      const { id, cents, currency, description, redirectUrl, webhookUrl, language } = payment;
      return factsOf(
        await client.payments.create({
          amount: { currency, value: amountOf(cents) },
          ...{ description, redirectUrl, webhookUrl, locale: LOCALES[language] },
          metadata: { payment: id },
          idempotencyKey: id,
        }),
      );
    },
    get: async (reference) => factsOf(await client.payments.get(reference)),
    async refund({ key, reference, cents, currency, description }) {
      const made = await client.paymentRefunds.create({
        paymentId: reference,
        amount: { currency, value: amountOf(cents) },
        description,
        idempotencyKey: key,
      });
      return { reference: made.id };
    },
  };
}

/** Whole cents as Mollie writes them: `12.50`. */
export function amountOf(cents: number): string {
  return `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

/** Whole cents of an amount as Mollie writes it. */
export function centsOf(value: string): number {
  const [, sign, whole, part] = AMOUNT.exec(value) ?? [];
  if (whole === undefined) throw new Error('an amount has two decimals');
  return (sign === '-' ? -1 : 1) * (Number(whole) * 100 + Number(part));
}

function factsOf(payment: Payment): PaymentFacts {
  const metadata = payment.metadata as { payment?: unknown } | null | undefined;
  return {
    reference: payment.id,
    payment: typeof metadata?.payment === 'string' ? metadata.payment : '',
    state: STATES[payment.status] ?? 'open',
    cents: centsOf(payment.amount.value),
    currency: payment.amount.currency,
    checkout: payment.getCheckoutUrl(),
  };
}
