import type { SmsProvider } from './provider.ts';

/** Takes messages and sends none: administrators read them in the API for ten minutes. */
export const outbox: SmsProvider = {
  async send({ reference, parts }) {
    const result = { accepted: true, providerId: reference, parts, retryable: false };
    return { result, retriesMax: 0, answer: { status: 0, body: 'outbox: nothing was sent' } };
  },
  readReports: () => ({ ok: false, code: 'sms-report-forged' }),
};
