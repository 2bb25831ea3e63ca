import { z } from 'zod';
import type { Clock } from '../../ports.ts';
import { type Exchange, jsonOf, RETRIES_MAX, unanswered, undocumented } from './exchange.ts';
import {
  type Attempt,
  accepted,
  type DeliveryState,
  type OutgoingSms,
  type ProviderAnswer,
  type ReportRequest,
  type Reports,
  refused,
  type SendFailure,
  type SmsProvider,
  VALID_MINUTES,
} from './provider.ts';
import { isVonageSigned, type SignatureMethod, signVonage } from './vonage-signature.ts';

/** Vonage SMS API. */
export const VONAGE_DEFAULTS = { baseUrl: 'https://rest.nexmo.com' } as const;
const PATH = '/sms/json';

export interface VonageSettings {
  readonly baseUrl: string;
  readonly apiKey: string;
  /** `basic` sends key and secret; `signed` a signature and never the secret beside it. */
  readonly mode: 'basic' | 'signed';
  readonly apiSecret: string;
  /** Signs requests in the mode `signed`; where it is set, reports must bear it too. */
  readonly signatureSecret: string;
  readonly signatureMethod: SignatureMethod;
}

const STATUS: Readonly<Record<string, readonly [SendFailure, number]>> = {
  '1': ['throttled', RETRIES_MAX],
  '2': ['config', 0],
  '3': ['config', 0],
  '4': ['auth', 0],
  '5': ['provider-down', RETRIES_MAX],
  '6': ['invalid-number', 0],
  '7': ['barred', 0],
  '8': ['barred', 0],
  '9': ['balance', 0],
  '10': ['throttled', RETRIES_MAX],
  '11': ['config', 0],
  '12': ['invalid-content', 0],
  '14': ['auth', 0],
  '15': ['invalid-sender', 0],
  '22': ['config', 0],
  '23': ['config', 0],
  '29': ['config', 0],
  '32': ['auth', 0],
  '33': ['invalid-number', 0],
};

const Answer = z.object({
  messages: z
    .array(
      z.object({
        status: z.string(),
        'message-id': z.string().optional(),
        'message-price': z.string().optional(),
      }),
    )
    .min(1),
});

const STATES: Readonly<Record<string, DeliveryState>> = {
  accepted: 'accepted',
  buffered: 'accepted',
  delivered: 'delivered',
  expired: 'expired',
  failed: 'failed',
  rejected: 'rejected',
  unknown: 'unknown',
};

export function createVonage(
  settings: VonageSettings,
  exchange: Exchange,
  clock: Clock,
): SmsProvider {
  return {
    async send(message) {
      const outcome = await exchange(request(settings, message, clock.now()));
      return outcome.kind === 'answer' ? read(outcome.answer) : unanswered(outcome);
    },
    readReports(report, at) {
      const fields = fieldsOf(report);
      if (!fields) return { ok: false, code: 'sms-report-unreadable' };
      const { signatureSecret, signatureMethod } = settings;
      const signed =
        signatureSecret === '' || isVonageSigned(fields, signatureSecret, signatureMethod, at);
      if (!signed) return { ok: false, code: 'sms-report-forged' };
      return readReport(fields, at);
    },
  };
}

function request(settings: VonageSettings, message: OutgoingSms, now: number) {
  const signed = settings.mode === 'signed';
  const fields: Record<string, string> = {
    from: message.from,
    to: message.to.replace('+', ''),
    text: message.text,
    type: message.encoding === 'gsm7' ? 'text' : 'unicode',
    ttl: String(VALID_MINUTES * 60_000),
    'client-ref': message.reference,
    'status-report-req': '1',
    ...(message.reportUrl === undefined ? {} : { callback: message.reportUrl }),
  };
  if (signed) {
    fields.api_key = settings.apiKey;
    fields.timestamp = String(Math.floor(now / 1000));
    fields.sig = signVonage(fields, settings.signatureSecret, settings.signatureMethod);
  }
  const credentials = Buffer.from(`${settings.apiKey}:${settings.apiSecret}`).toString('base64');
  return {
    url: settings.baseUrl + PATH,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      // Beside a signature it would be refused with status 32.
      ...(signed ? {} : { authorization: `Basic ${credentials}` }),
    },
    body: new URLSearchParams(fields).toString(),
  };
}

/** The answer is always HTTP 200 with one object per part; their status tells. */
function read(answer: ProviderAnswer): Attempt {
  const parsed = Answer.safeParse(jsonOf(answer.body));
  if (!parsed.success) return undocumented(answer);
  const { messages } = parsed.data;
  const bad = messages.find(({ status }) => status !== '0');
  if (!bad) {
    const providerId = messages[0]?.['message-id'];
    const price = sumOf(messages.map((part) => part['message-price']));
    return accepted(
      {
        parts: messages.length,
        ...(providerId === undefined ? {} : { providerId }),
        ...(price === undefined ? {} : { price }),
      },
      answer,
    );
  }
  const [failure, retries] = STATUS[bad.status] ?? ['unknown', 0];
  const none = messages.every(({ status }) => status !== '0');
  return refused(failure, bad.status, none ? retries : 0, answer);
}

function sumOf(prices: readonly (string | undefined)[]): string | undefined {
  const sum = prices.reduce((total, price) => total + Number(price ?? Number.NaN), 0);
  return Number.isNaN(sum) ? undefined : String(Number(sum.toFixed(8)));
}

/** Parameters of a report: in the query, as a form, or as JSON. */
function fieldsOf(report: ReportRequest): Record<string, string> | undefined {
  const text = report.body.toString('utf8');
  if (text === '') return Object.fromEntries(report.query);
  if (!report.contentType.includes('json')) return Object.fromEntries(new URLSearchParams(text));
  const parsed = z.record(z.string(), z.coerce.string()).safeParse(jsonOf(text));
  return parsed.success ? parsed.data : undefined;
}

function readReport(fields: Record<string, string>, at: number): Reports {
  const providerRef = fields['client-ref'] || fields.messageId;
  if (!providerRef || !fields.status) return { ok: false, code: 'sms-report-unreadable' };
  const state = STATES[fields.status.toLowerCase()] ?? 'unknown';
  const rawCode = [fields.status, fields['err-code']].filter(Boolean).join('/');
  return { ok: true, events: [{ providerRef, state, rawCode, at }] };
}
