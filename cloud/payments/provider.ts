/** What a payment has come to, as its provider says. */
export interface PaymentFacts {
  /** The provider's own id. */
  readonly reference: string;
  /** Ours, which the provider was given and gives back; empty where it has none. */
  readonly payment: string;
  readonly state: 'open' | 'paid' | 'failed' | 'cancelled' | 'expired';
  /** Whole cents. */
  readonly cents: number;
  /** ISO 4217. */
  readonly currency: string;
  /** Where the guest pays, while there is something to pay. */
  readonly checkout: string | null;
}

export interface NewPayment {
  /** Also the idempotency key: the same id makes one payment, however often it is asked for. */
  readonly id: string;
  readonly cents: number;
  readonly currency: string;
  readonly description: string;
  readonly redirectUrl: string;
  readonly webhookUrl: string;
  readonly language: 'nl' | 'en';
}

/** Who takes the money. Every call may fail; all of them may be repeated. */
export interface PaymentProvider {
  readonly name: 'mollie' | 'test';
  create(payment: NewPayment): Promise<PaymentFacts>;
  get(reference: string): Promise<PaymentFacts>;
  /** Gives money back; `key` makes a repeat harmless. */
  refund(refund: {
    key: string;
    reference: string;
    cents: number;
    currency: string;
    description: string;
  }): Promise<{ reference: string }>;
}

export const CURRENCY = 'EUR';
