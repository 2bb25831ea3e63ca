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
export { paymentRoutes } from './routes.ts';
export { paymentSettingsRoutes } from './settings-routes.ts';
export { createPaymentSetup } from './setup.ts';
export { createTestPayment } from './test-payment.ts';
export { createTrials } from './trial.ts';
