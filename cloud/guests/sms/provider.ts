/** What SMS providers have in common: docs/sms.md. */

export type SendFailure =
  | 'auth'
  | 'balance'
  | 'invalid-number'
  | 'invalid-sender'
  | 'invalid-content'
  | 'barred'
  | 'throttled'
  | 'provider-down'
  | 'config'
  | 'unknown';

/** What became of one message. Accepted is never delivered: that comes by a delivery report. */
export interface SendResult {
  readonly accepted: boolean;
  readonly providerId?: string;
  /** SMS it was split into, as far as known. */
  readonly parts?: number;
  /** As the provider writes it, in the account's currency. */
  readonly price?: string;
  readonly failure?: SendFailure;
  /** It was certainly not accepted and may be sent again later. */
  readonly retryable: boolean;
  /** The provider's own code, or ours in words where it gave none. */
  readonly rawCode?: string;
}

export type DeliveryState =
  | 'accepted'
  | 'delivered'
  | 'failed'
  | 'rejected'
  | 'expired'
  | 'unknown';

/** One delivery report, in the same words for all providers. */
export interface DeliveryEvent {
  /** Our own reference where the provider returns it, else the provider's id of the message. */
  readonly providerRef: string;
  readonly state: DeliveryState;
  readonly rawCode?: string;
  /** Milliseconds since 1970, when it came. */
  readonly at: number;
}

export interface OutgoingSms {
  /** Ours, known before it is sent: 24 letters and digits. Reports come back under it. */
  readonly reference: string;
  /** E.164. */
  readonly to: string;
  readonly from: string;
  readonly text: string;
  readonly encoding: 'gsm7' | 'ucs2';
  readonly parts: number;
  /** Where the provider sends its reports; left out where it is set up at the provider. */
  readonly reportUrl?: string | undefined;
}

/** What the provider said, for the person who tries the settings; holds the number. */
export interface ProviderAnswer {
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  readonly body: string;
}

/** One attempt: its result, how often it may be repeated at once, and the provider's words. */
export interface Attempt {
  readonly result: SendResult;
  /** 0 wherever the message may have been accepted. */
  readonly retriesMax: number;
  readonly answer?: ProviderAnswer;
}

/** A delivery report as it came in. */
export interface ReportRequest {
  readonly method: string;
  /** As the provider called it: scheme, host, path and query. */
  readonly url: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly body: Buffer;
  header(name: string): string | undefined;
}

export type Reports =
  | { readonly ok: true; readonly events: readonly DeliveryEvent[] }
  | { readonly ok: false; readonly code: 'sms-report-forged' | 'sms-report-unreadable' };

/** One provider with one set of settings. */
export interface SmsProvider {
  /** One attempt; never throws for what the provider or the network does. */
  send(message: OutgoingSms): Promise<Attempt>;
  /** Checks and reads a delivery report. */
  readReports(request: ReportRequest, now: number): Reports;
}

/** How long a message is worth delivering: a code is dead after ten minutes. */
export const VALID_MINUTES = 10;

export function accepted(fields: Partial<SendResult>, answer: ProviderAnswer): Attempt {
  return { result: { ...fields, accepted: true, retryable: false }, retriesMax: 0, answer };
}

/** @param retriesMax 0 unless it is certain that the provider did not take the message */
export function refused(
  failure: SendFailure,
  rawCode: string,
  retriesMax: number,
  answer?: ProviderAnswer,
): Attempt {
  const result = { accepted: false, failure, retryable: retriesMax > 0, rawCode };
  return { result, retriesMax, ...(answer ? { answer } : {}) };
}

/** Whether a message certainly did not go out; else it did, or it may have. */
export function isRefused({ accepted: taken, failure, retryable }: SendResult): boolean {
  const doubtful = failure === 'unknown' || failure === 'provider-down';
  return !taken && (retryable || !doubtful);
}
