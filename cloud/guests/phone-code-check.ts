import { timingSafeEqual } from 'node:crypto';
import type { PhoneCodeStore } from './phone-code-store.ts';
import type {
  Afterwards,
  CodeEntered,
  LimitsInForce,
  Mac,
  PhoneCodes,
  PhoneCodesParts,
} from './phone-codes.ts';
import { maskPhone } from './phone-number.ts';
import type { PhoneSendStore } from './phone-send-store.ts';

/** How long a code can be entered, and how often it can be tried. */
export const CODE_VALID_MS = 10 * 60_000;
export const CODE_TRIES_MAX = 5;
/** Longest code that is looked at; anything longer is wrong anyway. */
const ENTERED_MAX = 32;
const NO_CODE = Buffer.alloc(32);

/** Makes `check`: a wrong code and a number without one take the same steps and writes. */
export function createCodeCheck(
  parts: PhoneCodesParts & {
    codes: PhoneCodeStore;
    sends: PhoneSendStore;
    mac: Mac;
    force: LimitsInForce;
    afterwards: Afterwards;
  },
): PhoneCodes['check'] {
  const { store, sms, tenant, clock, codes, sends, mac, force, afterwards } = parts;

  function judge({ purpose, phone, code }: CodeEntered) {
    const number = mac('number', phone);
    const digest = mac('code', purpose, phone, code.replace(/\s/g, '').slice(0, ENTERED_MAX));
    return store.batch(() => {
      const now = clock.now();
      const tried = codes.attempt(tenant, purpose, number, now, CODE_TRIES_MAX);
      const same = timingSafeEqual(tried?.code ?? NO_CODE, digest);
      if (tried && same) {
        codes.use(tenant, purpose, number);
        sends.setEntered(tried.send);
        return { right: true, failures: 0, triedOut: false };
      }
      const failures = codes.fail(tenant, tried && number, now);
      return { right: false, failures, triedOut: tried?.tries === CODE_TRIES_MAX };
    });
  }

  return async (entered) => {
    const { right, failures, triedOut } = await judge(entered);
    const masked = maskPhone(entered.phone);
    // Nobody waits for these: the time would tell a number with a code from one without.
    if (triedOut) void afterwards.follow(sms.alarms.raise('code-tried-out', masked));
    if (failures >= force.limits.failuresInARow) {
      void afterwards.follow(sms.alarms.raise('code-number-blocked', masked));
    }
    return right;
  };
}
