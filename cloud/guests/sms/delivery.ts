import type { Clock, Random } from '../../ports.ts';
import { maskPhone } from '../phone-number.ts';
import type { AlarmCode, Alarms } from './alarms.ts';
import { sendWithRetries } from './attempts.ts';
import type { MessageState, MessageStore } from './message-store.ts';
import {
  type Attempt,
  isRefused,
  type OutgoingSms,
  refused,
  type SendFailure,
  type SmsProvider,
} from './provider.ts';
import { missingField, type StoredSettings } from './settings.ts';
import { REPORTS_PATH } from './settings-view.ts';
import type { Message } from './sms.ts';
import { measureText } from './text.ts';
import { createTurns } from './turns.ts';

/** SMS of one text at most; each is paid. */
export const PARTS_MAX = 2;
/** With `gh` before it 24 characters: CM takes 32, Vonage 40. */
const REFERENCE_BYTES = 11;

/** Brings messages to the provider, each written down before and after. */
export function createDelivery(parts: {
  messages: MessageStore;
  alarms: Alarms;
  tenant: string;
  clock: Clock;
  random: Random;
  stopped: AbortSignal;
  provider: (settings: StoredSettings) => SmsProvider;
}) {
  const { messages, alarms, tenant, clock, random, stopped } = parts;
  const turns = createTurns();

  /** Known under its reference before it leaves: a report can come before the answer. */
  async function write(sms: OutgoingSms, purpose: string, provider: string): Promise<void> {
    const { reference, to, text, parts: count } = sms;
    const masked = maskPhone(to);
    const outbox = provider === 'outbox' ? { outbox: { number: to, text } } : {};
    const at = clock.now();
    await messages.add({
      reference,
      tenant,
      provider,
      purpose,
      masked,
      parts: count,
      at,
      ...outbox,
    });
  }

  async function tell({ result }: Attempt, provider: string): Promise<void> {
    const code = ALARM_OF[result.failure ?? 'none'];
    if (code) await alarms.raise(code, provider);
    if (!result.accepted && !isRefused(result)) await alarms.raise('sms-unclear', provider);
  }

  function inTurn(message: Message, settings: StoredSettings): Promise<Attempt> | Attempt {
    const { to, text, purpose } = message;
    const { encoding, parts: count } = measureText(text);
    if (text === '' || count > PARTS_MAX) return refused('invalid-content', `${count} parts`, 0);
    const missing = missingField(settings);
    if (missing) return refused('config', `missing: ${missing}`, 0);
    const reference = `gh${Buffer.from(random(REFERENCE_BYTES)).toString('hex')}`;
    const from = settings.sender;
    const reportUrl = reportUrlOf(settings);
    const sms: OutgoingSms = { reference, to, text, encoding, parts: count, from, reportUrl };
    const turn = turns.run(async () => {
      await write(sms, purpose, settings.provider);
      const attempt = await sendWithRetries(parts.provider(settings), sms, { clock, stopped });
      await messages.end(reference, { state: stateOf(attempt), ...attempt.result }, clock.now());
      return attempt;
    });
    return turn ?? refused('throttled', 'queue-full', 1);
  }

  return {
    async send(message: Message, settings: StoredSettings): Promise<Attempt> {
      const attempt = await inTurn(message, settings);
      await tell(attempt, settings.provider);
      return attempt;
    },
    idle: turns.idle,
  };
}

const ALARM_OF: Partial<Record<SendFailure | 'none', AlarmCode>> = {
  auth: 'sms-provider-auth',
  balance: 'sms-provider-balance',
  config: 'sms-provider-config',
  'invalid-sender': 'sms-provider-config',
  'provider-down': 'sms-provider-down',
  throttled: 'sms-provider-slow',
};

/** What is known of a message after its last attempt. */
function stateOf({ result }: Attempt): MessageState {
  if (result.accepted) return 'accepted';
  return isRefused(result) ? 'refused' : 'unclear';
}

function reportUrlOf({ publicUrl, provider, reportKeys }: StoredSettings): string | undefined {
  if (publicUrl === '' || provider === 'outbox') return undefined;
  return `${publicUrl}${REPORTS_PATH}/${reportKeys[provider]}`;
}
