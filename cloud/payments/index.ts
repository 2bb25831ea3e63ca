export { paymentErrors } from './errors.ts';
export { createMollie, type MollieAddress } from './mollie.ts';
export type { PaymentStore } from './payment-store.ts';
export {
  createPayments,
  type PaidOrders,
  type Payable,
  type PaymentParts,
  type Payments,
} from './payments.ts';
export type { PaymentFacts, PaymentProvider } from './provider.ts';
export { paymentRoutes, paymentSettingsRoutes } from './routes.ts';
export { createTestPayment } from './test-payment.ts';
