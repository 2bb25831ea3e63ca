import { z } from 'zod';
import { type Exchange, jsonOf, RETRIES_MAX, unanswered, undocumented } from './exchange.ts';
import {
  type Attempt,
  accepted,
  type DeliveryState,
  type ProviderAnswer,
  type Reports,
  refused,
  type SendFailure,
  type SmsProvider,
  VALID_MINUTES,
} from './provider.ts';

/** CM.com Business Messaging gateway v1. The host is a setting: the second is not at Cloudflare. */
export const CM_DEFAULTS = { baseUrl: 'https://gw.messaging.cm.com' } as const;
const PATH = '/v1.0/message';

export interface CmSettings {
  readonly baseUrl: string;
  readonly productToken: string;
}

/** What each code says, and how often a message refused with it may be repeated. */
const CODES: Readonly<Record<number, readonly [SendFailure, number]>> = {
  101: ['auth', 0],
  102: ['balance', 0],
  103: ['auth', 0],
  201: ['unknown', 0],
  202: ['config', 0],
  203: ['config', 0],
  301: ['invalid-sender', 0],
  302: ['invalid-number', 0],
  303: ['invalid-number', 0],
  304: ['invalid-content', 0],
  305: ['invalid-content', 0],
  401: ['barred', 0],
  402: ['barred', 0],
  403: ['barred', 0],
  500: ['provider-down', RETRIES_MAX],
  999: ['unknown', 1],
};

const Answer = z.object({
  details: z.string().optional(),
  errorCode: z.number(),
  messages: z.array(
    z.object({
      status: z.string(),
      reference: z.string().nullish(),
      parts: z.number().nullish(),
      messageErrorCode: z.number(),
    }),
  ),
});

const word = z.union([z.string(), z.number()]).nullish();
const Report = z.object({
  messages: z.object({
    msg: z.object({
      reference: z.string().nullish(),
      status: z.object({ code: word, errorCode: word }),
    }),
  }),
});

const STATES: Readonly<Record<string, DeliveryState>> = {
  '0': 'accepted',
  '1': 'rejected',
  '2': 'delivered',
  '3': 'failed',
  '4': 'delivered',
  sent: 'accepted',
  accepted: 'accepted',
  delivered: 'delivered',
  read: 'delivered',
  rejected: 'rejected',
  failed: 'failed',
  cancelled: 'failed',
};

export function createCm(settings: CmSettings, exchange: Exchange): SmsProvider {
  return {
    async send({ from, to, text, reference, parts }) {
      const message = {
        from,
        to: [{ number: to.replace('+', '00') }],
        body: { type: 'auto', content: text },
        reference,
        allowedChannels: ['SMS'],
        minimumNumberOfMessageParts: 1,
        // Without it CM cuts a text after its first part.
        maximumNumberOfMessageParts: parts,
        validity: `${VALID_MINUTES}m`,
      };
      const outcome = await exchange({
        url: settings.baseUrl + PATH,
        headers: {
          'content-type': 'application/json',
          'x-cm-producttoken': settings.productToken,
        },
        body: JSON.stringify({ messages: { msg: [message] } }),
      });
      return outcome.kind === 'answer' ? read(outcome.answer) : unanswered(outcome);
    },
    readReports(request, at): Reports {
      const report = Report.safeParse(jsonOf(request.body.toString('utf8')));
      if (!report.success) return { ok: false, code: 'sms-report-unreadable' };
      const { reference, status } = report.data.messages.msg;
      // Demonstration accounts return no reference: nothing says whose report it is.
      if (!reference) return { ok: true, events: [] };
      const state = STATES[String(status.code ?? '').toLowerCase()] ?? 'unknown';
      const rawCode = [status.code, status.errorCode].filter((part) => part != null).join('/');
      return { ok: true, events: [{ providerRef: reference, state, rawCode, at }] };
    },
  };
}

/** HTTP 200 says nothing: a refused message comes with it, and only its own object tells. */
function read(answer: ProviderAnswer): Attempt {
  const parsed = Answer.safeParse(jsonOf(answer.body));
  if (!parsed.success) return undocumented(answer);
  const { errorCode, messages } = parsed.data;
  const [message] = messages;
  if (message?.status === 'Accepted' && message.messageErrorCode === 0) {
    return accepted(typeof message.parts === 'number' ? { parts: message.parts } : {}, answer);
  }
  const code = message?.messageErrorCode || errorCode;
  const [failure, retries] = CODES[code] ?? ['unknown', 0];
  // "Accepted" beside an error code is in doubt, and so is a request answered with nothing.
  const certain = message ? message.status === 'Rejected' : errorCode !== 0;
  return refused(failure, String(code), certain ? retries : 0, answer);
}
