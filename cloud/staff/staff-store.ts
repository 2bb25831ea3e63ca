import type { Moment } from '@gatehouse/protocol';
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { StaffRole } from '../http/index.ts';
import type { Database, StaffAccountTable } from '../store/index.ts';
import type { TotpBox } from './totp-box.ts';

/** Somebody of the house as administrators see them. */
export interface StaffAccount {
  readonly id: string;
  /** What they type to log in; in lower case. */
  readonly login: string;
  readonly name: string;
  readonly roles: readonly StaffRole[];
  readonly state: 'invited' | 'active' | 'disabled';
  readonly created: Moment;
}

export type StaffRow = Selectable<StaffAccountTable>;
export type Step = Transaction<Database>;
type Reader = Kysely<Database> | Step;

export function staffFrom(row: StaffRow): StaffAccount {
  const { id, login, name, state, created } = row;
  return { id, login, name, state, created, roles: JSON.parse(row.roles) as StaffRole[] };
}

export function plainLogin(login: string): string {
  return login.trim().normalize('NFC').toLowerCase();
}

/** One row of this tenant by a column that is unique in it. */
export function staffBy(
  db: Reader,
  tenant: string,
  column: 'id' | 'login' | 'invitation',
  value: string,
): Promise<StaffRow | undefined> {
  return db
    .selectFrom('staff_accounts')
    .selectAll()
    .where('tenant', '=', tenant)
    .where(column, '=', value)
    .executeTakeFirst();
}

export function listStaff(db: Reader, tenant: string): Promise<StaffRow[]> {
  return db
    .selectFrom('staff_accounts')
    .selectAll()
    .where('tenant', '=', tenant)
    .orderBy('login')
    .execute();
}

export async function changeStaff(
  db: Reader,
  id: string,
  change: Partial<Omit<StaffRow, 'id' | 'tenant'>>,
): Promise<void> {
  await db.updateTable('staff_accounts').set(change).where('id', '=', id).execute();
}

/** Uses a step's code up; false if it, or a later one, was used before. */
export async function useTotpStep(db: Reader, id: string, step: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('staff_accounts')
    .set({ totp_step: step })
    .where('id', '=', id)
    .where('totp_step', '<', step)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Uses a recovery code up; false if there is none such. */
export async function useRecoveryCode(
  db: Reader,
  { staff, digest, now }: { staff: string; digest: string; now: Moment },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('staff_recovery_codes')
    .set({ used: now })
    .where('staff', '=', staff)
    .where('digest', '=', digest)
    .where('used', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Puts new recovery codes in place of all former ones. */
export async function replaceRecoveryCodes(
  step: Step,
  staff: string,
  digests: readonly string[],
): Promise<void> {
  await step.deleteFrom('staff_recovery_codes').where('staff', '=', staff).execute();
  if (digests.length === 0) return;
  await step
    .insertInto('staff_recovery_codes')
    .values(digests.map((digest) => ({ staff, digest, used: null })))
    .execute();
}

/** Seals secrets that a version without a box has left in the clear; gives how many. */
export async function sealSecrets(
  db: Kysely<Database>,
  box: Pick<TotpBox, 'seal' | 'isSealed'>,
): Promise<number> {
  return db.transaction().execute(async (step) => {
    const rows = await step.selectFrom('staff_accounts').select(['id', 'totp_secret']).execute();
    const open = rows.filter(({ totp_secret: stored }) => !box.isSealed(stored));
    for (const { id, totp_secret: secret } of open) {
      await changeStaff(step, id, { totp_secret: box.seal(id, secret) });
    }
    return open.length;
  });
}
