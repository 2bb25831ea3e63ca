import { digestOf, isSame, makeSecret } from '../../http/index.ts';
import type { AccountLinkTable } from '../../store/index.ts';
import {
  type AccountRow,
  accountByEmail,
  addAccount,
  changeAccount,
  type Step,
} from './account-store.ts';
import { accountError } from './errors.ts';
import type { AccountParts, Language } from './ports.ts';

const MINUTE_MS = 60_000;
/** A login by mail; older ones may lie about in a mailbox. */
export const LOGIN_LINK_MS = 15 * MINUTE_MS;
/** A new address has to be proved within this. */
export const VERIFY_LINK_MS = 24 * 60 * MINUTE_MS;
/** Mails with links to one address, whether it has an account or not. */
export const LINKS_MAX = 4;
export const LINKS_WITHIN_MS = 15 * MINUTE_MS;
export const LINKS_DAY_MAX = 12;
const DAY_MS = 24 * 60 * MINUTE_MS;
const TEMPLATES = {
  login: 'login-link',
  password: 'password-reset',
  register: 'email-verify',
  email: 'email-verify',
} as const;
const ID_BYTES = 10;

export interface LinkRequest {
  readonly purpose: AccountLinkTable['purpose'];
  readonly email: string;
  readonly language: Language;
  /** Secret of the browser that asks. */
  readonly browser: string;
  /** Of a registration: the hash of the chosen password. */
  readonly password?: string | undefined;
  /** Of a change of address: whose. */
  readonly account?: string | undefined;
}

export interface LinkUse {
  readonly secret: string;
  /** Secret of the browser that opens it, if it has one. */
  readonly browser: string | undefined;
  /** The guest has said that they asked for it themselves, on another device. */
  readonly confirmed: boolean;
}

export interface LinkUsed {
  readonly purpose: AccountLinkTable['purpose'];
  readonly account: AccountRow;
  /** This link has made the account. */
  readonly isNew: boolean;
  /** Of a change of address: the one before. */
  readonly formerEmail?: string;
}

/** One-time links by mail; they prove an address, and make the account that belongs to it. */
export interface Links {
  /**
   * Sends a link. Nothing is looked up but earlier links: an address with an account and one
   * without get the same answer, the same work and the same mail.
   * @throws GatehouseError `link-too-many`
   */
  ask(request: LinkRequest): Promise<void>;
  /**
   * Uses a link up.
   * @throws GatehouseError `link-unknown`, `link-other-browser`, `email-in-use`
   */
  use(use: LinkUse): Promise<LinkUsed>;
  purge(): Promise<void>;
}

export function createLinks(parts: AccountParts): Links {
  const { store, clock, random, tenant } = parts;

  async function checkRate(email: string, now: number): Promise<void> {
    const { rows } = await store.db
      .selectFrom('account_links')
      .select('created')
      .where('tenant', '=', tenant.id)
      .where('email', '=', email)
      .where('created', '>', now - DAY_MS)
      .execute()
      .then((found) => ({ rows: found.map(({ created }) => created).sort((a, b) => b - a) }));
    const busyUntil = Math.max(
      (rows[LINKS_MAX - 1] ?? 0) + LINKS_WITHIN_MS,
      (rows[LINKS_DAY_MAX - 1] ?? 0) + DAY_MS,
    );
    if (busyUntil > now) throw accountError('link-too-many', { retryAfter: busyUntil - now });
  }

  return {
    async ask({ purpose, email, language, browser, password, account }) {
      const now = clock.now();
      await checkRate(email, now);
      const secret = makeSecret(random);
      const digest = digestOf(secret);
      const isLogin = purpose === 'login' || purpose === 'password';
      const lasts = isLogin ? LOGIN_LINK_MS : VERIFY_LINK_MS;
      await store.db
        .insertInto('account_links')
        .values({
          ...{ digest, tenant: tenant.id, purpose, email, language, created: now, used: null },
          account: account ?? null,
          browser: digestOf(browser),
          password: password ?? null,
          expires: now + lasts,
        })
        .execute();
      await parts.mail.queue({
        ...{ to: email, template: TEMPLATES[purpose], language, until: now + lasts },
        data: {
          gast: { naam: '', email },
          // After the #: it reaches no server, no log and no other site by way of the address.
          toegang: { url: `${parts.shopUrl()}/account/link#${secret}`, geldigTot: now + lasts },
        },
        key: `link-${digest}`,
      });
    },
    use: ({ secret, browser, confirmed }) =>
      store.db.transaction().execute(async (step) => {
        const now = clock.now();
        const link = await step
          .selectFrom('account_links')
          .selectAll()
          .where('digest', '=', digestOf(secret))
          .where('tenant', '=', tenant.id)
          .where('used', 'is', null)
          .where('expires', '>', now)
          .executeTakeFirst();
        if (!link) throw accountError('link-unknown');
        const isSameBrowser = browser !== undefined && isSame(digestOf(browser), link.browser);
        if (!isSameBrowser && !confirmed) {
          throw accountError('link-other-browser', { email: link.email, purpose: link.purpose });
        }
        await step
          .updateTable('account_links')
          .set({ used: now, password: null })
          .where('digest', '=', link.digest)
          .execute();
        if (link.purpose === 'email') return moveAccount(step, link);
        const known = await accountByEmail(step, tenant.id, link.email);
        const { purpose } = link;
        if (known) return { purpose, account: known, isNew: false };
        // Whoever opens it elsewhere may not be the one who chose the password.
        const password = isSameBrowser ? link.password : null;
        const account = { ...emptyAccount(link), password };
        await addAccount(step, account);
        return { purpose, account, isNew: true };
      }),
    async purge() {
      await store.db
        .deleteFrom('account_links')
        .where('created', '<=', clock.now() - DAY_MS)
        .where('expires', '<=', clock.now())
        .execute();
    },
  };

  function emptyAccount({ email, language }: Pick<AccountLinkTable, 'email' | 'language'>) {
    return {
      ...{ tenant: tenant.id, email, language, name: null, phone: null, phone_verified: null },
      id: Buffer.from(random(ID_BYTES)).toString('hex'),
      password: null,
      phone_limit_lifted: null,
      created: clock.now(),
    };
  }

  async function moveAccount(step: Step, link: AccountLinkTable): Promise<LinkUsed> {
    const account = await step
      .selectFrom('accounts')
      .selectAll()
      .where('id', '=', link.account)
      .executeTakeFirst();
    if (!account) throw accountError('link-unknown');
    const other = await accountByEmail(step, tenant.id, link.email);
    if (other && other.id !== account.id) throw accountError('email-in-use');
    await changeAccount(step, account.id, { email: link.email });
    await voidLinks(step, tenant.id, account);
    const moved = { ...account, email: link.email };
    return { purpose: 'email', account: moved, isNew: false, formerEmail: account.email };
  }
}

/** No link of an account that is still on its way counts any more. */
export async function voidLinks(
  step: Step,
  tenant: string,
  { id, email }: Pick<AccountRow, 'id' | 'email'>,
): Promise<void> {
  await step
    .updateTable('account_links')
    .set({ expires: 0, password: null })
    .where('tenant', '=', tenant)
    .where('used', 'is', null)
    .where((link) => link.or([link('email', '=', email), link('account', '=', id)]))
    .execute();
}
