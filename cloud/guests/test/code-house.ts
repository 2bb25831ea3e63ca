import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../store/index.ts';
import { openFresh } from '../../test/fresh-store.ts';
import { type KeptLog, keptLog } from '../../test/house.ts';
import { type CodeRequest, type CodeSent, createPhoneCodes, type PhoneCodes } from '../index.ts';
import type { PhoneLimits } from '../phone-limits.ts';
import { type Alarm, createAlarms } from '../sms/alarms.ts';
import type { SendResult, Sms } from '../sms/index.ts';
import { type TestClock, testClock } from '../sms/test/sms-house.ts';

export const PHONE = '+31612345678';
export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
const KEY = Buffer.alloc(32, 7);

/** Codes by SMS on a real database, with a provider that only keeps what it is given. */
export interface CodeHouse {
  readonly clock: TestClock;
  readonly log: KeptLog;
  readonly store: Store;
  readonly codes: PhoneCodes;
  /** Messages handed over, oldest first. */
  readonly sent: { to: string; text: string; purpose: string }[];
  /** What the provider says from now on. */
  answers(result: SendResult): void;
  /** Asks for a code, as a guest at home, and waits until it is handed over. */
  ask(given?: Partial<CodeRequest>): Promise<CodeSent>;
  /** `ok` or the code of the limit. */
  outcome(given?: Partial<CodeRequest>): Promise<string>;
  /** The code in the newest message. */
  newest(): string;
  enter(code: string, phone?: string): Promise<boolean>;
  alarms(): Alarm[];
  /** Sets these limits and leaves the others out of the way. */
  only(limits: Partial<PhoneLimits>): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const WIDE: Partial<PhoneLimits> = {
  resendSeconds: [0],
  perNumber: 100,
  perNumberDay: 1_000,
  perAddressHour: 100_000,
  perNetworkHour: 100_000,
  perTenantDay: 1_000_000,
  perCountryDay: { '+31': 1_000_000, '+32': 1_000_000, '+49': 1_000_000 },
  prefixSends: 10_000,
};

export async function startCodes(): Promise<CodeHouse> {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-codes-'));
  const clock = testClock();
  const log = keptLog();
  const store = await openFresh(join(dir, 'test.db'), clock);
  const sent: CodeHouse['sent'] = [];
  let answer: SendResult = { accepted: true, retryable: false };
  const make = () => {
    const alarms = createAlarms({ store, tenant: 't', clock, log });
    const send: Sms['send'] = async (message) => {
      sent.push(message);
      return answer;
    };
    const venue = () => 'Theater X';
    const parts = { store, tenant: 't', key: KEY, venue, clock, random: randomBytes, log };
    return { alarms, codes: createPhoneCodes({ ...parts, sms: { send, alarms } }) };
  };
  let made = make();
  await made.codes.start();
  const house: CodeHouse = {
    ...{ clock, log, store, sent },
    get codes() {
      return made.codes;
    },
    answers(result) {
      answer = result;
    },
    async ask(given = {}) {
      const request = { phone: PHONE, address: '192.0.2.7', purpose: 'login' as const };
      const place = { host: 'portal.theaterx.example', language: 'nl' as const };
      const result = await made.codes.send({ ...request, ...place, ...given });
      if (result.ok) await result.sending;
      return result;
    },
    async outcome(given) {
      const result = await house.ask(given);
      return result.ok ? 'ok' : result.code;
    },
    newest: () => /#(\d{6})$/.exec(sent.at(-1)?.text ?? '')?.[1] ?? 'none',
    enter: (code, phone = PHONE) => made.codes.check({ purpose: 'login', phone, code }),
    alarms: () => made.alarms.list(),
    only: (limits) =>
      made.codes.setLimits({ ...made.codes.limits(), ...WIDE, ...limits } as PhoneLimits),
    async restart() {
      await made.codes.stop();
      made = make();
      await made.codes.start();
    },
    async stop() {
      await made.codes.stop();
      await store.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
  return house;
}

/** The n-th Dutch mobile number; each of them has a prefix of its own. */
export const phoneOf = (n: number) => `+316${String(10_000_000 + n * 10_000 + 1)}`;
/** The n-th household; each of them in a network of its own. */
export const addressOf = (n: number) => `10.${n >> 8}.${n & 255}.9`;
