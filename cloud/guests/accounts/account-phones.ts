import { createHmac } from 'node:crypto';
import type { Moment } from '@gatehouse/protocol';
import type { Kysely } from 'kysely';
import type { Database } from '../../store/index.ts';
import { phoneError } from '../phone-errors.ts';
import { type PhoneCountry, parsePhone } from '../phone-number.ts';
import {
  type Account,
  accountById,
  accountFrom,
  changeAccount,
  type Step,
} from './account-store.ts';
import { accountError } from './errors.ts';
import type { AccountParts, Language } from './ports.ts';

const DAY_MS = 86_400_000;
/** Rule G1: so many numbers may an account verify … */
export const NUMBERS_MAX = 3;
/** … within so long; more needs staff. */
export const NUMBERS_WITHIN_MS = 30 * DAY_MS;
/** Numbers an account may have codes sent to within that time, slips of the finger included. */
export const NUMBERS_ASKED_MAX = 10;
/** Rule G1: a number may be verified on so many accounts. */
export const ACCOUNTS_MAX = 2;

/** A verified number that is an account's no longer. */
export interface PhoneChange {
  /** As it was before. */
  readonly account: Account;
  /** E.164. */
  readonly from: string;
  /** The unverified number in its place; null where it was taken off. */
  readonly to: string | null;
  readonly at: Moment;
}

/** Somebody who has to know, told inside the transaction that changes it. */
export type OnPhoneChange = (step: Step, change: PhoneChange) => Promise<void>;

export interface PhoneAsked {
  /** E.164. */
  readonly phone: string;
  readonly verified: boolean;
  /** Milliseconds until another code may be asked for; null where none was sent. */
  readonly resendMs: number | null;
}

/** Phone numbers on accounts: entered, proved by SMS, limited (rules G1, G2). */
export interface AccountPhones {
  /**
   * Sends a code to a number and makes it the account's, unverified until the code is entered.
   * @throws GatehouseError `phone-…` of the number, `code-…` of the limits,
   * `phone-numbers-used-up`
   */
  ask(
    account: string,
    entered: { text: string; country: PhoneCountry; address: string; language: Language },
  ): Promise<PhoneAsked>;
  /**
   * Enters the code.
   * @throws GatehouseError `phone-missing`, `phone-code-wrong`, `phone-accounts-full`,
   * `phone-numbers-used-up`
   */
  verify(account: string, code: string): Promise<void>;
  /** Takes the number off the account; its tickets stay where they are (rule S2). */
  remove(account: string): Promise<void>;
  /** The verified number, if there is one; with `step`, as read inside that transaction. */
  verifiedPhoneOf(account: string, step?: Step): Promise<string | undefined>;
  /** The verified number as it is inside a batch of the store: it cannot change under it. */
  verifiedPhoneIn(account: string): string | null;
  /** Staff: numbers from before now no longer count for the limit of this account. */
  liftLimit(account: string): Promise<void>;
  /** How much of the limit is used. */
  used(account: string): Promise<{ verified: number; asked: number }>;
  onChange(told: OnPhoneChange): void;
  purge(): Promise<void>;
}

export function createAccountPhones(parts: AccountParts): AccountPhones {
  const { store, clock, tenant, codes } = parts;
  const told: OnPhoneChange[] = [];
  const verified = store.prepare(
    'select phone from accounts where tenant = ? and id = ? and phone_verified is not null',
  );
  const digest = (account: string, phone: string) =>
    createHmac('sha256', tenant.venueKey).update(`account ${account} ${phone}`).digest();

  /** @throws GatehouseError `phone-numbers-used-up` if this number would be one too many */
  async function checkLimit(db: Kysely<Database>, id: string, phone: string, now: Moment) {
    const others = (await counted(db, id, now)).filter(
      ({ number }) => !digest(id, phone).equals(number),
    );
    const verified = others.filter((row) => row.verified !== null).length;
    if (verified >= NUMBERS_MAX || others.length >= NUMBERS_ASKED_MAX) {
      throw accountError('phone-numbers-used-up');
    }
  }

  /** Another number, unverified, or none. */
  async function replace(step: Step, id: string, to: string | null) {
    const row = await accountById(step, tenant.id, id);
    await changeAccount(step, id, { phone: to, phone_verified: null });
    if (!row || row.phone === null || row.phone_verified === null || row.phone === to) return;
    const change = { account: accountFrom(row), from: row.phone, to, at: clock.now() };
    for (const tell of told) await tell(step, change);
  }

  async function counted(db: Kysely<Database>, id: string, now: Moment) {
    const account = await accountById(db, tenant.id, id);
    const from = Math.max(now - NUMBERS_WITHIN_MS, account?.phone_limit_lifted ?? 0);
    const rows = await db
      .selectFrom('account_phones')
      .selectAll()
      .where('account', '=', id)
      .where('asked', '>', from)
      .execute();
    return rows.map((row) => ({
      ...row,
      verified: row.verified !== null && row.verified > from ? row.verified : null,
    }));
  }

  async function note(step: Step, id: string, phone: string, change: { verified?: Moment }) {
    const now = clock.now();
    await step
      .insertInto('account_phones')
      .values({ account: id, number: digest(id, phone), asked: now, verified: null, ...change })
      .onConflict((row) =>
        row.columns(['account', 'number']).doUpdateSet({ asked: now, ...change }),
      )
      .execute();
  }

  return {
    async ask(id, { text, country, address, language }) {
      const parsed = parsePhone(text, country);
      if (!parsed.ok) throw phoneError(parsed.code);
      const phone = parsed.e164;
      const account = await needAccount(id);
      if (account.phone === phone && account.phone_verified !== null) {
        return { phone, verified: true, resendMs: null };
      }
      await checkLimit(store.db, id, phone, clock.now());
      const host = new URL(parts.shopUrl()).hostname;
      const sent = await codes.send({ purpose: 'verify', phone, address, host, language });
      if (!sent.ok) throw phoneError(sent.code, { retryAfter: sent.waitMs });
      await store.db.transaction().execute(async (step) => {
        await replace(step, id, phone);
        await note(step, id, phone, {});
      });
      return { phone, verified: false, resendMs: sent.resendMs };
    },
    async verify(id, code) {
      const { phone, phone_verified } = await needAccount(id);
      if (phone === null) throw accountError('phone-missing');
      if (phone_verified !== null) return;
      if (!(await codes.check({ purpose: 'verify', phone, code }))) {
        throw accountError('phone-code-wrong');
      }
      await store.db.transaction().execute(async (step) => {
        const now = clock.now();
        const account = await accountById(step, tenant.id, id);
        // The number may have been changed while the code was looked at.
        if (account?.phone !== phone) throw accountError('phone-code-wrong');
        await checkLimit(step, id, phone, now);
        const others = await step
          .selectFrom('accounts')
          .select('id')
          .where('tenant', '=', tenant.id)
          .where('phone', '=', phone)
          .where('phone_verified', 'is not', null)
          .where('id', '!=', id)
          .execute();
        if (others.length >= ACCOUNTS_MAX) throw accountError('phone-accounts-full');
        await changeAccount(step, id, { phone_verified: now });
        await note(step, id, phone, { verified: now });
      });
    },
    async remove(id) {
      await store.db.transaction().execute((step) => replace(step, id, null));
    },
    async verifiedPhoneOf(id, step) {
      const account = await accountById(step ?? store.db, tenant.id, id);
      return account?.phone_verified == null ? undefined : (account.phone ?? undefined);
    },
    verifiedPhoneIn(id) {
      const row = verified.get(tenant.id, id) as { phone: string | null } | undefined;
      return row?.phone ?? null;
    },
    async liftLimit(id) {
      await needAccount(id);
      await changeAccount(store.db, id, { phone_limit_lifted: clock.now() });
    },
    async used(id) {
      const rows = await counted(store.db, id, clock.now());
      return { asked: rows.length, verified: rows.filter((row) => row.verified !== null).length };
    },
    onChange(tell) {
      told.push(tell);
    },
    async purge() {
      await store.db
        .deleteFrom('account_phones')
        .where('asked', '<=', clock.now() - NUMBERS_WITHIN_MS)
        .execute();
    },
  };

  async function needAccount(id: string) {
    const account = await accountById(store.db, tenant.id, id);
    if (!account) throw accountError('account-unknown', { id });
    return account;
  }
}
