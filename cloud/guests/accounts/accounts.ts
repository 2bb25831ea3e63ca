import {
  type LoginFailures,
  PASSWORD_MAX,
  PASSWORD_MIN,
  type Passwords,
} from '../../http/index.ts';
import {
  type Account,
  type AccountRow,
  accountByEmail,
  accountById,
  accountFrom,
  changeAccount,
  plainEmail,
  removeAccount,
  type Step,
} from './account-store.ts';
import { accountError } from './errors.ts';
import { type Links, voidLinks } from './links.ts';
import type { AccountParts, Language } from './ports.ts';

/** Somebody who keeps data of an account, told inside the transaction that removes it. */
export type Forget = (step: Step, account: string) => Promise<void>;

export interface AskAs {
  readonly email: string;
  readonly language: Language;
  /** Secret of the browser that asks. */
  readonly browser: string;
}

/** Guests' accounts without HTTP. */
export interface Accounts {
  byId(id: string): Promise<Account | undefined>;
  /**
   * Starts a registration: a mail goes out, the account comes with its link.
   * @throws GatehouseError `password-weak`, `link-too-many`, `login-busy`
   */
  register(as: AskAs, password: string): Promise<void>;
  /**
   * The account of address and password.
   * @throws GatehouseError `login-wrong`, `login-too-many`, `login-busy`
   */
  login(email: string, password: string): Promise<Account>;
  /** Proves the password again. @throws as `login` */
  prove(account: Account, password: string): Promise<void>;
  /**
   * Sets a new password; logins elsewhere are the caller's to end.
   * @throws GatehouseError `password-weak`, `login-busy`
   */
  setPassword(account: Account, password: string): Promise<void>;
  change(id: string, change: { name?: string | null; language?: Language }): Promise<void>;
  /** Removes the account and all that is personal in it. */
  remove(id: string): Promise<void>;
  onForget(forget: Forget): void;
}

export interface AccountsParts extends AccountParts {
  readonly links: Links;
  readonly passwords: Passwords;
  readonly failures: LoginFailures;
}

export function createAccounts(parts: AccountsParts): Accounts {
  const { store, clock, tenant, passwords, failures, links } = parts;
  const forgets: Forget[] = [];

  /** The same work for every address: one look-up, one hash, one note. */
  async function rightful(email: string, password: string): Promise<AccountRow> {
    await failures.check(email);
    const row = await accountByEmail(store.db, tenant.id, email);
    const isRight = await passwords.verify(password, row?.password);
    if (!row || !isRight) {
      await failures.failed(email);
      throw accountError('login-wrong');
    }
    await failures.succeeded(email);
    if (row.password !== null && passwords.isOld(row.password)) {
      await changeAccount(store.db, row.id, { password: await passwords.hash(password) });
    }
    return row;
  }

  return {
    async byId(id) {
      const row = await accountById(store.db, tenant.id, id);
      return row && accountFrom(row);
    },
    async register(as, chosen) {
      const email = plainEmail(as.email);
      checkPassword(chosen, email);
      const password = await passwords.hash(chosen);
      await links.ask({ ...as, purpose: 'register', email, password });
    },
    async login(email, password) {
      return accountFrom(await rightful(plainEmail(email), password));
    },
    async prove({ email }, password) {
      await rightful(email, password);
    },
    async setPassword({ id, email, name, language }, chosen) {
      checkPassword(chosen, email);
      const password = await passwords.hash(chosen);
      await store.db.transaction().execute(async (step) => {
        await changeAccount(step, id, { password });
        await voidLinks(step, tenant.id, { id, email });
      });
      await failures.succeeded(email);
      const gewijzigdOp = clock.now();
      await parts.mail.queue({
        ...{ to: email, template: 'password-changed', language },
        data: { gast: { naam: name ?? '', email }, gewijzigdOp },
        key: `password-changed-${id}-${gewijzigdOp}`,
      });
    },
    async change(id, change) {
      if (Object.keys(change).length > 0) await changeAccount(store.db, id, change);
    },
    async remove(id) {
      await store.db.transaction().execute(async (step) => {
        for (const forget of forgets) await forget(step, id);
        await removeAccount(step, tenant.id, id);
      });
    },
    onForget(forget) {
      forgets.push(forget);
    },
  };
}

/** @throws GatehouseError `password-weak` */
export function checkPassword(password: string, email: string): void {
  const length = [...password].length;
  const plain = password.toLowerCase();
  const isName = plain === email || plain === email.split('@')[0];
  const isOneCharacter = new Set(plain).size < 3;
  if (length < PASSWORD_MIN || length > PASSWORD_MAX || isName || isOneCharacter) {
    throw accountError('password-weak', { min: PASSWORD_MIN, max: PASSWORD_MAX });
  }
}
