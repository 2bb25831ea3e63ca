import { createHmac } from 'node:crypto';
import type { Also } from '../change-log.ts';
import type { Clock, Log, Random } from '../ports.ts';
import { type Store, storeFault } from '../store/index.ts';
import { createCodeCheck } from './phone-code-check.ts';
import { createCodeSender } from './phone-code-sender.ts';
import { createPhoneCodeStore } from './phone-code-store.ts';
import type { CodeLanguage } from './phone-code-text.ts';
import { phoneError } from './phone-errors.ts';
import { DAY_MS, HOUR_MS, type LimitCode } from './phone-limit-check.ts';
import { ownNetworksOf, PhoneLimits } from './phone-limits.ts';
import { createPhoneSendStore } from './phone-send-store.ts';
import { createSettingsStore, type SendResult, type Sms } from './sms/index.ts';

/** Sends stay countable for longer than any window of limits. */
export const SENDS_KEPT_MS = 2 * DAY_MS;
/** What a performance has kept back is forgotten long after it. */
export const KEPT_BACK_MS = 30 * DAY_MS;
/** Wrong codes in a row are forgotten when nobody tried for so long. */
export const FAILURES_KEPT_MS = 30 * DAY_MS;
/** Time between two rounds of pruning. */
export const PRUNE_MS = HOUR_MS;
const PURPOSES = ['verify', 'login'] as const;
export type CodePurpose = (typeof PURPOSES)[number];

export interface CodeRequest {
  readonly purpose: CodePurpose;
  /** E.164, as `parsePhone` gives it. */
  readonly phone: string;
  /** Who asks, as an IP address. */
  readonly address: string;
  /** Host of the page where it is entered; from the settings, never from the request. */
  readonly host: string;
  readonly language: CodeLanguage;
  /**
   * Id of a performance: the number gets one SMS for it although a limit is reached, once. Only for
   * a caller that has established by other means that the rightful guest is asking; given to
   * whoever types a number, it would be the first thing an attacker uses up.
   */
  readonly keptBack?: string | undefined;
}

export type CodeSent =
  | {
      readonly ok: true;
      /** Until the same number may get another one. */
      readonly resendMs: number;
      /** What the provider said, when it has; never rejects, and nobody needs to wait for it. */
      readonly sending: Promise<SendResult | undefined>;
    }
  | { readonly ok: false; readonly code: LimitCode; readonly waitMs: number };

export interface CodeEntered {
  readonly purpose: CodePurpose;
  /** E.164. */
  readonly phone: string;
  /** As typed; spaces do not matter. */
  readonly code: string;
}

/** One-time codes by SMS that prove who holds a number (G3). */
export interface PhoneCodes {
  /** @throws GatehouseError of the store */
  start(): Promise<void>;
  /** Waits for messages that are being handed over. */
  stop(): Promise<void>;
  /** Counts, stores and sends a code, or says which limit is reached. An older code is void. */
  send(request: CodeRequest): Promise<CodeSent>;
  /** Whether the code is right. It costs and says the same for a number that has none. */
  check(entered: CodeEntered): Promise<boolean>;
  limits(): PhoneLimits;
  /** @throws GatehouseError `code-limits-invalid` */
  setLimits(limits: PhoneLimits, also?: Also<PhoneLimits>): Promise<void>;
  blockedPrefixes(): { prefix: string; until: number }[];
  /** @throws GatehouseError `code-prefix-unknown` */
  unblockPrefix(prefix: string, also?: () => void): Promise<void>;
  /** Lets a number get codes again after too many wrong ones; false where nothing was held. */
  unblockNumber(phone: string, also?: () => void): Promise<boolean>;
}

export interface PhoneCodesParts {
  readonly store: Store;
  readonly sms: Pick<Sms, 'send' | 'alarms'>;
  readonly tenant: string;
  /** Of `loadPhoneKey`. */
  readonly key: Uint8Array;
  /** What the venue is called in the SMS. */
  readonly venue: () => string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** HMAC of what is said, so that neither numbers nor codes stand in the database. */
export type Mac = (...said: string[]) => Buffer;

/** The limits in force, with what follows from them. */
export interface LimitsInForce {
  limits: PhoneLimits;
  /** Whether an address is one of the house's own. */
  isOwn(address: string): boolean;
}

export function createPhoneCodes(parts: PhoneCodesParts): PhoneCodes {
  const { store, tenant, clock } = parts;
  const codes = createPhoneCodeStore(store);
  const sends = createPhoneSendStore(store);
  const settings = createSettingsStore(store);
  const mac: Mac = (...said) =>
    createHmac('sha256', parts.key).update(JSON.stringify(said)).digest();
  const afterwards = createAfterwards(parts.log);
  const force: LimitsInForce = inForce(PhoneLimits.parse({}));
  const inner = { ...parts, codes, sends, mac, force, afterwards };
  const rounds = createRounds(parts, () => {
    const now = clock.now();
    return Promise.all([
      sends.prune(tenant, now - SENDS_KEPT_MS, now - KEPT_BACK_MS, now),
      codes.prune(tenant, now, now - FAILURES_KEPT_MS),
    ]);
  });
  return {
    async start() {
      const stored = settings.read(tenant, 'limits');
      Object.assign(force, inForce(PhoneLimits.parse(stored ?? {})));
      await codes.start(tenant, PURPOSES);
      await rounds.start();
    },
    async stop() {
      await rounds.stop();
      await afterwards.idle();
    },
    send: createCodeSender(inner),
    check: createCodeCheck(inner),
    limits: () => force.limits,
    async setLimits(limits, also) {
      const next = inForce(limits);
      const old = force.limits;
      await settings.write(tenant, 'limits', limits, () => also?.(old, limits));
      Object.assign(force, next);
    },
    blockedPrefixes: () => sends.blockedPrefixes(tenant, clock.now()),
    async unblockPrefix(prefix, also) {
      const was = await sends.unblock(tenant, prefix, also);
      if (!was) throw phoneError('code-prefix-unknown', { prefix });
    },
    unblockNumber: (phone, also) => codes.forgive(tenant, mac('number', phone), also),
  };
}

function inForce(limits: PhoneLimits): LimitsInForce {
  return { limits, isOwn: ownNetworksOf(limits) };
}

/** What is done after the answer: at the latest when the part stops. */
export interface Afterwards {
  /** Resolves to `undefined` when the work fails; the log says why. */
  follow<T>(work: Promise<T>): Promise<T | undefined>;
  idle(): Promise<void>;
}

function createAfterwards(log: Log): Afterwards {
  const running = new Set<Promise<unknown>>();
  return {
    follow(work) {
      const followed = work.catch((fault: unknown) => {
        const { code } = storeFault(fault) as { code?: string };
        log.error({ code }, 'what follows on a phone code failed');
        return undefined;
      });
      running.add(followed);
      void followed.finally(() => running.delete(followed));
      return followed;
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

/** Repeats work once an hour. */
function createRounds(parts: { clock: Clock; log: Log }, work: () => Promise<unknown>) {
  const { clock, log } = parts;
  let timer: unknown;
  let running: Promise<unknown> = Promise.resolve();
  let ended = false;

  function plan(): void {
    timer = clock.setTimeout(() => {
      running = work()
        .catch((fault: unknown) => {
          const { code } = storeFault(fault) as { code?: string };
          log.error({ code }, 'old sends of codes could not be removed; trying again');
        })
        .finally(() => {
          if (!ended) plan();
        });
    }, PRUNE_MS);
  }

  return {
    async start() {
      await work();
      plan();
    },
    async stop() {
      ended = true;
      clock.clearTimeout(timer);
      await running;
    },
  };
}
