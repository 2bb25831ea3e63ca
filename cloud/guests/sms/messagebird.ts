import { z } from 'zod';
import { type Exchange, jsonOf, unanswered, undocumented } from './exchange.ts';
import { isMessagebirdSigned } from './messagebird-webhook.ts';
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

/** MessageBird's classic interface. All three are settings: its end is announced. */
export const MESSAGEBIRD_DEFAULTS = {
  baseUrl: 'https://rest.messagebird.com',
  path: '/messages',
  scheme: 'AccessKey',
} as const;
/** Until when classic keys work, as the provider says: the end of 31 December 2026, UTC. */
export const CLASSIC_ENDS = Date.UTC(2027, 0, 1);

export interface MessagebirdSettings {
  readonly baseUrl: string;
  readonly path: string;
  /** How the key is sent; `Bearer` belongs to the interface that comes after the classic one. */
  readonly scheme: 'AccessKey' | 'Bearer';
  readonly accessKey: string;
  /** Without it reports are neither asked for nor taken. */
  readonly signingKey: string;
}

const Answer = z.object({
  id: z.string(),
  recipients: z.object({
    items: z
      .array(
        z.object({
          status: z.string(),
          statusErrorCode: z.union([z.string(), z.number()]).nullish(),
          messagePartCount: z.number().nullish(),
        }),
      )
      .min(1),
  }),
});

const Faults = z.object({
  errors: z.array(z.object({ code: z.number(), parameter: z.string().nullish() })).min(1),
});

const CODES: Readonly<Record<number, SendFailure>> = {
  2: 'auth',
  9: 'config',
  10: 'config',
  20: 'config',
  21: 'config',
  25: 'balance',
  98: 'config',
  99: 'provider-down',
};

const PARAMETERS: Readonly<Record<string, SendFailure>> = {
  originator: 'invalid-sender',
  recipients: 'invalid-number',
  recipient: 'invalid-number',
  body: 'invalid-content',
};

const STATES: Readonly<Record<string, DeliveryState>> = {
  scheduled: 'accepted',
  sent: 'accepted',
  buffered: 'accepted',
  delivered: 'delivered',
  expired: 'expired',
  delivery_failed: 'failed',
};

export function createMessagebird(settings: MessagebirdSettings, exchange: Exchange): SmsProvider {
  return {
    async send(message) {
      const outcome = await exchange(request(settings, message));
      if (outcome.kind === 'answer') return read(outcome.answer);
      const attempt = unanswered(outcome);
      // The newer interface takes a repeat under the same key for the same message.
      const known = settings.scheme === 'Bearer' && outcome.kind === 'no-answer';
      return known ? { ...attempt, retriesMax: 1 } : attempt;
    },
    readReports(report, at) {
      if (!isMessagebirdSigned(report, settings.signingKey, at)) {
        return { ok: false, code: 'sms-report-forged' };
      }
      return readReport(report, at);
    },
  };
}

function request(settings: MessagebirdSettings, message: OutgoingSms) {
  const { reference, reportUrl } = message;
  const asked = reportUrl !== undefined && settings.signingKey !== '';
  return {
    url: settings.baseUrl + settings.path,
    headers: {
      'content-type': 'application/json',
      authorization: `${settings.scheme} ${settings.accessKey}`,
      'user-agent': 'Gatehouse',
      'idempotency-key': reference,
    },
    body: JSON.stringify({
      originator: message.from,
      body: message.text,
      recipients: [message.to.replace('+', '')],
      reference,
      validity: VALID_MINUTES * 60,
      datacoding: message.encoding === 'gsm7' ? 'plain' : 'unicode',
      ...(asked ? { reportUrl } : {}),
    }),
  };
}

function read(answer: ProviderAnswer): Attempt {
  const json = jsonOf(answer.body);
  const faults = Faults.safeParse(json);
  if (faults.success) return readFault(faults.data, answer);
  const parsed = Answer.safeParse(json);
  if (!parsed.success || answer.status >= 300) return undocumented(answer);
  const [item] = parsed.data.recipients.items;
  const state = STATES[item?.status ?? ''] ?? 'unknown';
  if (state === 'accepted' || state === 'delivered') {
    const parts = item?.messagePartCount;
    const providerId = parsed.data.id;
    return accepted({ providerId, ...(typeof parts === 'number' ? { parts } : {}) }, answer);
  }
  const code = item?.statusErrorCode;
  return refused('unknown', [item?.status, code].filter(Boolean).join('/'), 0, answer);
}

function readFault({ errors }: z.infer<typeof Faults>, answer: ProviderAnswer): Attempt {
  const fault = errors[0] as (typeof errors)[number];
  const byParameter = fault.code === 9 || fault.code === 10;
  const failure =
    (byParameter ? PARAMETERS[fault.parameter ?? ''] : undefined) ?? CODES[fault.code] ?? 'unknown';
  return refused(failure, String(fault.code), 0, answer);
}

/** A status report: a GET with everything in its query, or the same fields posted. */
function readReport(report: ReportRequest, at: number): Reports {
  const text = report.body.toString('utf8');
  const posted = report.contentType.includes('json')
    ? z.record(z.string(), z.unknown()).safeParse(jsonOf(text)).data
    : Object.fromEntries(new URLSearchParams(text));
  const field = (name: string) => String(posted?.[name] ?? report.query.get(name) ?? '');
  const providerRef = field('reference') || field('id');
  if (providerRef === '' || field('status') === '') {
    return { ok: false, code: 'sms-report-unreadable' };
  }
  const state = STATES[field('status')] ?? 'unknown';
  const rawCode = [field('status'), field('statusErrorCode')].filter(Boolean).join('/');
  return { ok: true, events: [{ providerRef, state, rawCode, at }] };
}
