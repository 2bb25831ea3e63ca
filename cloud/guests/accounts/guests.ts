import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import {
  checkCsrf,
  createLoginFailures,
  createPasswords,
  createSessions,
  type Passwords,
  type Session,
  type Sessions,
} from '../../http/index.ts';
import { type AccountPhones, createAccountPhones } from './account-phones.ts';
import { accountRoutes } from './account-routes.ts';
import type { Account } from './account-store.ts';
import { type Accounts, createAccounts } from './accounts.ts';
import { accountError } from './errors.ts';
import { createLinks, type Links } from './links.ts';
import { loginRoutes } from './login-routes.ts';
import type { AccountParts } from './ports.ts';

const DAY_MS = 86_400_000;
export const GUEST_SESSION_MS = 30 * DAY_MS;
export const GUEST_IDLE_MS = 14 * DAY_MS;
/** How often what has run out is forgotten. */
const PURGE_MS = 3_600_000;

export interface LoggedIn {
  readonly account: Account;
  readonly session: Session;
}

/** Guests: their accounts, logins and phone numbers. */
export interface Guests {
  start(): void;
  stop(): Promise<void>;
  /** Removes what has run out; by itself every hour. */
  purge(): Promise<void>;
  /** Who is logged in, for a page that serves everybody. Changes nothing, checks no CSRF. */
  accountOf(request: FastifyRequest): Promise<Account | undefined>;
  /**
   * Who is logged in, for a route that needs a guest; a change must come from our own page.
   * @throws GatehouseError `account-needed`, `origin-refused`, `csrf-refused`
   */
  needAccount(request: FastifyRequest): Promise<LoggedIn>;
  readonly accounts: Accounts;
  readonly phones: AccountPhones;
  /** Rule S1: the number that orders are bound to; undefined where none is verified. */
  verifiedPhoneOf: AccountPhones['verifiedPhoneOf'];
  /** Routes under `/account/api/v1`. */
  readonly routes: FastifyPluginAsyncZod;
}

export interface GuestRoom extends AccountParts {
  readonly accounts: Accounts;
  readonly phones: AccountPhones;
  readonly links: Links;
  readonly sessions: Sessions;
  needAccount: Guests['needAccount'];
}

/** @param parts.passwords cheaper ones in tests only */
export function createGuests(parts: AccountParts & { passwords?: Passwords }): Guests {
  const { clock, log } = parts;
  const passwords = parts.passwords ?? createPasswords(parts.random);
  const failures = createLoginFailures(parts, 'guest');
  const sessions = createSessions(parts, {
    ...{ kind: 'guest', sameSite: 'Lax', lasts: GUEST_SESSION_MS, idle: GUEST_IDLE_MS },
  });
  const links = createLinks(parts);
  const accounts = createAccounts({ ...parts, links, passwords, failures });
  const phones = createAccountPhones(parts);
  let timer: unknown;
  let purging: Promise<void> = Promise.resolve();

  async function loggedIn(request: FastifyRequest): Promise<LoggedIn | undefined> {
    const session = await sessions.of(request);
    const account = session && (await accounts.byId(session.subject));
    return session && account && { account, session };
  }

  async function needAccount(request: FastifyRequest): Promise<LoggedIn> {
    const known = await loggedIn(request);
    if (!known) throw accountError('account-needed');
    checkCsrf(request, known.session.secret);
    return known;
  }

  async function purge(): Promise<void> {
    try {
      for (const part of [sessions, links, failures, phones]) await part.purge();
    } catch (fault) {
      log.error({ fault }, 'logins that have run out could not be removed');
    }
  }

  function later(): void {
    timer = clock.setTimeout(() => {
      purging = purge().then(later);
    }, PURGE_MS);
  }

  const room = { ...parts, accounts, phones, links, sessions, needAccount };
  return {
    start: later,
    async stop() {
      clock.clearTimeout(timer);
      await purging;
      clock.clearTimeout(timer);
    },
    purge,
    accountOf: async (request) => (await loggedIn(request))?.account,
    needAccount,
    accounts,
    phones,
    verifiedPhoneOf: phones.verifiedPhoneOf,
    routes: async (server) => {
      await server.register(loginRoutes(room), { prefix: '/account/api/v1' });
      await server.register(accountRoutes(room), { prefix: '/account/api/v1' });
    },
  };
}
