import type { Moment } from '@gatehouse/protocol';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { AccountTable, Database, Store } from '../../store/index.ts';
import type { Language } from './ports.ts';

/** A guest's login with what belongs to it. */
export interface Account {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly language: Language;
  readonly hasPassword: boolean;
  /** E.164, verified or not. */
  readonly phone: string | null;
  /** Since when the number is verified; null while it is not (rules G1, G2). */
  readonly phoneVerified: Moment | null;
  readonly created: Moment;
}

export type AccountRow = Selectable<AccountTable>;
export type Step = Transaction<Database>;
type Reader = Kysely<Database> | Step;

export function accountFrom(row: AccountRow): Account {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    language: row.language as Language,
    hasPassword: row.password !== null,
    phone: row.phone,
    phoneVerified: row.phone_verified,
    created: row.created,
  };
}

/** An address as it is kept and compared. */
export function plainEmail(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}

export function accountById(
  db: Reader,
  tenant: string,
  id: string,
): Promise<AccountRow | undefined> {
  return db
    .selectFrom('accounts')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .executeTakeFirst();
}

export function accountByEmail(
  db: Reader,
  tenant: string,
  email: string,
): Promise<AccountRow | undefined> {
  return db
    .selectFrom('accounts')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('email', '=', email)
    .executeTakeFirst();
}

export async function addAccount(db: Reader, row: AccountRow): Promise<void> {
  await db.insertInto('accounts').values(row).execute();
}

export async function changeAccount(
  db: Reader,
  id: string,
  change: Partial<Omit<AccountRow, 'id' | 'tenant'>>,
): Promise<void> {
  await db.updateTable('accounts').set(change).where('id', '=', id).execute();
}

/** Removes a guest with numbers, links and sessions; what refers to the account is others' work. */
export async function removeAccount(step: Step, tenant: string, id: string): Promise<void> {
  const account = await accountById(step, tenant, id);
  if (!account) return;
  await step
    .deleteFrom('account_links')
    .where('tenant', '=', tenant)
    .where((link) => link.or([link('email', '=', account.email), link('account', '=', id)]))
    .execute();
  await step
    .deleteFrom('sessions')
    .where('tenant', '=', tenant)
    .where('kind', '=', 'guest')
    .where('subject', '=', id)
    .execute();
  await step.deleteFrom('accounts').where('id', '=', id).execute();
}

/** Fewer digits than these are no search for a number. */
const PHONE_DIGITS_MIN = 4;

/** Guests whose address or name contains the text, or whose number ends with its digits. */
export function findAccounts(
  store: Store,
  tenant: string,
  text: string,
  limit: number,
): Promise<AccountRow[]> {
  const escaped = (part: string) => part.replace(/[\\%_]/g, '\\$&');
  const anywhere = `%${escaped(text.toLowerCase())}%`;
  const digits = text.replace(/\D/g, '').replace(/^0+/, '');
  const byPhone = /^[\d\s+-]+$/.test(text) && digits.length >= PHONE_DIGITS_MIN;
  return store.read
    .selectFrom('accounts')
    .selectAll()
    .where('tenant', '=', tenant)
    .where(
      byPhone
        ? sql<boolean>`phone like ${`%${digits}`}`
        : sql<boolean>`email like ${anywhere} escape '\\' or
            lower(coalesce(name, '')) like ${anywhere} escape '\\'`,
    )
    .orderBy('email')
    .limit(limit)
    .execute();
}
