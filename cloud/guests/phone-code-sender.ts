import { placeOf } from './network.ts';
import { CODE_VALID_MS } from './phone-code-check.ts';
import type { PhoneCodeStore } from './phone-code-store.ts';
import { codeText } from './phone-code-text.ts';
import type {
  Afterwards,
  CodeRequest,
  LimitsInForce,
  Mac,
  PhoneCodes,
  PhoneCodesParts,
} from './phone-codes.ts';
import { checkLimits, DAY_MS, resendWait } from './phone-limit-check.ts';
import { maskPhone } from './phone-number.ts';
import type { PhoneSendStore, Sending } from './phone-send-store.ts';
import { type AlarmCode, isRefused } from './sms/index.ts';

const CODES = 1_000_000n;

/** Makes `send`: limits and code in one transaction, then the message. */
export function createCodeSender(
  parts: PhoneCodesParts & {
    codes: PhoneCodeStore;
    sends: PhoneSendStore;
    mac: Mac;
    force: LimitsInForce;
    afterwards: Afterwards;
  },
): PhoneCodes['send'] {
  const { store, sms, tenant, clock, codes, sends, mac, force } = parts;

  function sendingOf({ phone, address }: CodeRequest): Sending {
    const place = placeOf(address);
    return {
      tenant,
      at: clock.now(),
      number: mac('number', phone),
      prefix: phone.slice(0, -4),
      dialling: phone.slice(0, 3),
      address: mac('address', place.address),
      network: mac('network', place.network),
    };
  }

  /** In one transaction, so that two at once never both get the last place. */
  function take(request: CodeRequest, code: string) {
    const { purpose, phone, address, keptBack } = request;
    return store.batch(() => {
      const sending = sendingOf(request);
      const { limits } = force;
      const own = force.isOwn(address);
      const { reached, near } = checkLimits(sending, { limits, sends, codes, own });
      const bypass =
        reached !== undefined && keptBack !== undefined && sends.takeKeptBack(sending, keptBack);
      if (reached && !bypass) return { reached, near, bypass, id: 0, count: 0 };
      const id = sends.add(sending);
      const { number, at } = sending;
      const digest = mac('code', purpose, phone, code);
      codes.put({ tenant, purpose, number, code: digest, send: id, expires: at + CODE_VALID_MS });
      const { sends: count } = sends.unentered(sending, at - DAY_MS);
      return { reached, near, bypass, id, count };
    });
  }

  /** What was certainly not sent is not held against the number. */
  async function hand(text: string, { purpose, phone }: CodeRequest, id: number) {
    const result = await sms.send({ to: phone, text, purpose });
    if (isRefused(result)) {
      await sends.setFailed(id);
      await codes.removeOf(id);
    }
    return result;
  }

  return async (request) => {
    const code = newCode(parts.random(8));
    const { reached, near, bypass, id, count } = await take(request, code);
    const raised: AlarmCode[] = [...near];
    if (reached) raised.push(reached.code);
    if (bypass) raised.push('code-kept-back');
    for (const alarm of raised) await sms.alarms.raise(alarm, subjectOf(alarm, request));
    if (reached && !bypass) return { ok: false, ...reached };
    const { language, host } = request;
    const text = codeText({ language, host, code, venue: parts.venue() });
    const sending = parts.afterwards.follow(hand(text, request, id));
    return { ok: true, resendMs: resendWait(force.limits, count), sending };
  };
}

/** Six digits; of 64 random bits, so that all are equally likely but for a part in 10¹³. */
function newCode(bytes: Uint8Array): string {
  return String(Buffer.from(bytes).readBigUInt64BE() % CODES).padStart(6, '0');
}

/** What an alarm is about, as far as it may be shown. */
function subjectOf(alarm: AlarmCode, { phone, address }: CodeRequest): string {
  if (alarm.startsWith('code-tenant')) return 'all';
  if (alarm.startsWith('code-country')) return phone.slice(0, 3);
  if (alarm === 'code-prefix-blocked') return phone.slice(0, -4);
  if (alarm === 'code-address-limit' || alarm === 'code-network-limit') {
    return placeOf(address).network;
  }
  return maskPhone(phone);
}
