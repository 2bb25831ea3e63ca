import type { NewPayment, PaymentFacts, PaymentProvider } from './provider.ts';

/** Marks everything of a test payment, so that nobody takes it for money. */
export const TEST_MARK = 'TEST-';

/**
 * The built-in payment of a demonstration: no money moves. The guest chooses how it ends on our own
 * page; until then it is open.
 * @param checkoutUrl our page for one payment
 */
export function createTestPayment(checkoutUrl: (payment: string) => string): PaymentProvider {
  return {
    name: 'test',
    create: async (payment: NewPayment) => ({
      ...testFacts(payment, 'open'),
      checkout: checkoutUrl(payment.id),
    }),
    async get(reference) {
      throw new Error(`nobody but its page knows about ${reference}`);
    },
    refund: async ({ key }) => ({ reference: `${TEST_MARK}${key}` }),
  };
}

/** What a test payment has come to. */
export function testFacts(
  { id, cents, currency }: { id: string; cents: number; currency: string },
  state: PaymentFacts['state'],
): PaymentFacts {
  const reference = `${TEST_MARK}${id}`;
  return { reference, payment: id, state, cents, currency, checkout: null };
}
