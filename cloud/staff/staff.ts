import {
  type Caller,
  digestOf,
  type LoginFailures,
  makeSecret,
  PASSWORD_MAX,
  PASSWORD_MIN,
  type Passwords,
  type StaffRole,
} from '../http/index.ts';
import type { Clock, Random, Tenant } from '../ports.ts';
import type { Store } from '../store/index.ts';
import type { Audit } from './audit.ts';
import { staffError } from './errors.ts';
import { newRecoveryCodes, plainRecoveryCode } from './recovery-codes.ts';
import {
  changeStaff,
  listStaff,
  plainLogin,
  replaceRecoveryCodes,
  type StaffAccount,
  type StaffRow,
  staffBy,
  staffFrom,
  useRecoveryCode,
  useTotpStep,
} from './staff-store.ts';
import { newTotpSecret, totpStep, totpUri } from './totp.ts';
import type { TotpBox } from './totp-box.ts';

/** An invitation that nobody took up ends. */
export const INVITATION_MS = 72 * 3_600_000;
const ID_BYTES = 8;

type Who = Pick<Caller, 'id' | 'name'>;

export interface StaffParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly tenant: Tenant;
  readonly audit: Audit;
  readonly passwords: Passwords;
  readonly failures: LoginFailures;
  readonly box: TotpBox;
  /** What authenticator apps show beside the login name. */
  readonly issuer: string;
}

export interface Proof {
  readonly login: string;
  readonly password: string;
  /** Six digits of the authenticator, or a recovery code. */
  readonly code: string;
}

/** Accounts of the people of the house, without HTTP. */
export interface Staff {
  list(): Promise<StaffAccount[]>;
  byId(id: string): Promise<StaffAccount | undefined>;
  /** @throws GatehouseError `staff-login-taken` */
  invite(
    who: Who,
    given: { login: string; name: string; roles: readonly StaffRole[] },
  ): Promise<{ account: StaffAccount; invitation: string }>;
  /** A new invitation with a new second factor; password and recovery codes end. */
  inviteAgain(who: Who, id: string): Promise<{ account: StaffAccount; invitation: string }>;
  /** @throws GatehouseError `staff-unknown`, `staff-self` */
  change(
    who: Who,
    id: string,
    change: { name?: string; roles?: readonly StaffRole[]; disabled?: boolean },
  ): Promise<StaffAccount>;
  /** What an invited person needs for their authenticator. @throws `invitation-unknown` */
  openInvitation(
    invitation: string,
  ): Promise<{ account: StaffAccount; secret: string; uri: string }>;
  /**
   * Takes an invitation up; gives the recovery codes, this once.
   * @throws GatehouseError `invitation-unknown`, `staff-password-weak`, `staff-code-wrong`
   */
  accept(
    invitation: string,
    given: { password: string; code: string },
  ): Promise<{ account: StaffAccount; recoveryCodes: string[] }>;
  /** @throws GatehouseError `staff-login-wrong`, `login-too-many`, `login-busy` */
  login(proof: Proof): Promise<StaffAccount>;
  /** @throws GatehouseError `staff-password-weak` */
  setPassword(account: StaffAccount, password: string): Promise<void>;
  newRecoveryCodes(account: StaffAccount): Promise<string[]>;
}

export function createStaff(parts: StaffParts): Staff {
  const { store, clock, random, tenant, audit, passwords, failures, box } = parts;
  const nobodysSecret = newTotpSecret(random);

  async function need(id: string, db: Parameters<typeof staffBy>[0] = store.db): Promise<StaffRow> {
    const row = await staffBy(db, tenant.id, 'id', id);
    if (!row) throw staffError('staff-unknown', { id });
    return row;
  }

  async function needInvited(invitation: string): Promise<StaffRow> {
    const row = await staffBy(store.db, tenant.id, 'invitation', digestOf(invitation));
    if (row?.state !== 'invited' || (row.invitation_expires ?? 0) <= clock.now()) {
      throw staffError('invitation-unknown');
    }
    return row;
  }

  function newInvitation(account: string) {
    const invitation = makeSecret(random);
    const columns = {
      state: 'invited' as const,
      password: null,
      totp_secret: box.seal(account, newTotpSecret(random)),
      totp_step: 0,
      invitation: digestOf(invitation),
      invitation_expires: clock.now() + INVITATION_MS,
    };
    return { invitation, columns };
  }

  /** An invitation whose secret nobody can read any more is none. */
  function needSecret(row: StaffRow): string {
    const secret = box.open(row.id, row.totp_secret);
    if (secret === undefined) throw staffError('invitation-unknown');
    return secret;
  }

  /** Uses the second factor up: a step of the authenticator, or a recovery code. */
  async function proves(row: StaffRow | undefined, code: string): Promise<boolean> {
    const now = clock.now();
    const secret = row && box.open(row.id, row.totp_secret);
    const step = totpStep(secret ?? nobodysSecret, code, now);
    if (!row) return false;
    if (secret !== undefined && step !== undefined) return useTotpStep(store.db, row.id, step);
    const digest = digestOf(plainRecoveryCode(code));
    const used = await useRecoveryCode(store.db, { staff: row.id, digest, now });
    if (used) {
      const who = { id: `staff:${row.id}`, name: row.name };
      await audit.write(who, { what: 'staff-recovery-code-used', subject: row.id });
    }
    return used;
  }

  return {
    async list() {
      return (await listStaff(store.read, tenant.id)).map(staffFrom);
    },
    async byId(id) {
      const row = await staffBy(store.db, tenant.id, 'id', id);
      return row && staffFrom(row);
    },
    async invite(who, given) {
      const id = Buffer.from(random(ID_BYTES)).toString('hex');
      const { invitation, columns } = newInvitation(id);
      const row = {
        ...{ id, tenant: tenant.id },
        ...{ login: plainLogin(given.login), name: given.name, created: clock.now() },
        ...{ roles: JSON.stringify(sorted(given.roles)), ...columns },
      };
      await store.db.transaction().execute(async (step) => {
        const other = await staffBy(step, tenant.id, 'login', row.login);
        if (other) throw staffError('staff-login-taken');
        await step.insertInto('staff_accounts').values(row).execute();
        const details = { roles: sorted(given.roles) };
        await audit.write(who, { what: 'staff-invited', subject: row.id, details }, step);
      });
      return { account: staffFrom(row), invitation };
    },
    async inviteAgain(who, id) {
      const { invitation, columns } = newInvitation(id);
      await store.db.transaction().execute(async (step) => {
        await need(id, step);
        await changeStaff(step, id, columns);
        await replaceRecoveryCodes(step, id, []);
        await audit.write(who, { what: 'staff-invited-again', subject: id }, step);
      });
      return { account: staffFrom(await need(id)), invitation };
    },
    async change(who, id, { name, roles, disabled }) {
      await store.db.transaction().execute(async (step) => {
        const row = await need(id, step);
        const before = staffFrom(row);
        const losing = disabled === true || (roles && !roles.includes('administrator'));
        if (losing && who.id === `staff:${id}`) throw staffError('staff-self');
        // Without a password there is nothing to go back to but an invitation.
        const back = row.password === null ? 'invited' : 'active';
        await changeStaff(step, id, {
          ...(name === undefined ? {} : { name }),
          ...(roles === undefined ? {} : { roles: JSON.stringify(sorted(roles)) }),
          ...(disabled === undefined ? {} : { state: disabled ? 'disabled' : back }),
        });
        const details = { before: before.roles, roles, disabled, renamed: name !== undefined };
        await audit.write(who, { what: 'staff-changed', subject: id, details }, step);
      });
      return staffFrom(await need(id));
    },
    async openInvitation(invitation) {
      const row = await needInvited(invitation);
      const secret = needSecret(row);
      const uri = totpUri(secret, row.login, parts.issuer);
      return { account: staffFrom(row), secret, uri };
    },
    async accept(invitation, given) {
      const row = await needInvited(invitation);
      checkPassword(given.password, row.login);
      const used = totpStep(needSecret(row), given.code, clock.now());
      if (used === undefined) throw staffError('staff-code-wrong');
      const password = await passwords.hash(given.password);
      const recoveryCodes = newRecoveryCodes(random);
      await store.db.transaction().execute(async (step) => {
        const { numUpdatedRows } = await step
          .updateTable('staff_accounts')
          .set({ state: 'active', password, totp_step: used, invitation: null })
          .where('id', '=', row.id)
          .where('invitation', '=', row.invitation)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) throw staffError('invitation-unknown');
        await replaceRecoveryCodes(step, row.id, digestsOf(recoveryCodes));
        const who = { id: `staff:${row.id}`, name: row.name };
        await audit.write(who, { what: 'staff-joined', subject: row.id }, step);
      });
      return { account: staffFrom(await need(row.id)), recoveryCodes };
    },
    async login({ login, password, code }) {
      const name = plainLogin(login);
      await failures.check(name);
      const row = await staffBy(store.db, tenant.id, 'login', name);
      const active = row?.state === 'active' ? row : undefined;
      const isRight = await passwords.verify(password, active?.password);
      // A wrong password never uses up a code.
      if (!(await proves(isRight ? active : undefined, code)) || !active) {
        await failures.failed(name);
        throw staffError('staff-login-wrong');
      }
      await failures.succeeded(name);
      return staffFrom(active);
    },
    async setPassword({ id, login, name }, chosen) {
      checkPassword(chosen, login);
      const password = await passwords.hash(chosen);
      await store.db.transaction().execute(async (step) => {
        await changeStaff(step, id, { password });
        const who = { id: `staff:${id}`, name };
        await audit.write(who, { what: 'staff-password-changed', subject: id }, step);
      });
    },
    async newRecoveryCodes({ id, name }) {
      const codes = newRecoveryCodes(random);
      await store.db.transaction().execute(async (step) => {
        await replaceRecoveryCodes(step, id, digestsOf(codes));
        const who = { id: `staff:${id}`, name };
        await audit.write(who, { what: 'staff-recovery-codes-made', subject: id }, step);
      });
      return codes;
    },
  };
}

function digestsOf(codes: readonly string[]): string[] {
  return codes.map((code) => digestOf(plainRecoveryCode(code)));
}

function sorted(roles: readonly StaffRole[]): StaffRole[] {
  return [...new Set(roles)].sort();
}

/** @throws GatehouseError `staff-password-weak` */
function checkPassword(password: string, login: string): void {
  const length = [...password].length;
  const isName = password.toLowerCase() === login;
  if (length < PASSWORD_MIN || length > PASSWORD_MAX || isName || new Set(password).size < 3) {
    throw staffError('staff-password-weak', { min: PASSWORD_MIN, max: PASSWORD_MAX });
  }
}
