import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import {
  type CallerByCookie,
  checkCsrf,
  createLoginFailures,
  createPasswords,
  createSessions,
  type Passwords,
  type Session,
  type Sessions,
} from '../http/index.ts';
import type { Clock, Log, Random, Tenant } from '../ports.ts';
import type { Store } from '../store/index.ts';
import type { Audit } from './audit.ts';
import { staffError } from './errors.ts';
import { manageRoutes } from './manage-routes.ts';
import { ownRoutes } from './own-routes.ts';
import { createStaff, type Staff } from './staff.ts';
import { type StaffAccount, sealSecrets } from './staff-store.ts';
import type { TotpBox } from './totp-box.ts';

const MINUTE_MS = 60_000;
/** A long working day. */
export const STAFF_SESSION_MS = 12 * 60 * MINUTE_MS;
export const STAFF_IDLE_MS = 60 * MINUTE_MS;
/** For how long a proof is good for what needs one. */
export const PROOF_MS = 5 * MINUTE_MS;
const PURGE_MS = 60 * MINUTE_MS;

export interface LoggedInStaff {
  readonly account: StaffAccount;
  readonly session: Session;
}

export interface StaffRoom {
  /** Seals what stands unsealed in the database. */
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly staff: Staff;
  /** For the guard of `/api/v1`: who calls by a session. */
  readonly callerByCookie: CallerByCookie;
  /** Under `/api/v1/staff`. */
  readonly routes: FastifyPluginAsyncZod;
}

/** What the routes share. */
export interface StaffDesk {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly staff: Staff;
  readonly sessions: Sessions;
  /** Who is logged in. @throws GatehouseError `staff-session-needed` */
  need(request: FastifyRequest): Promise<LoggedInStaff>;
  /**
   * For what must not be done from a computer somebody left open. A token passes: it is a secret
   * of the house itself.
   * @throws GatehouseError `staff-proof-needed`
   */
  needProof(request: FastifyRequest): Promise<void>;
}

export function createStaffRoom(parts: {
  store: Store;
  clock: Clock;
  random: Random;
  log: Log;
  tenant: Tenant;
  audit: Audit;
  box: TotpBox;
  issuer: string;
  /** Cheaper ones in tests only. */
  passwords?: Passwords;
}): StaffRoom {
  const { clock, log, audit } = parts;
  const passwords = parts.passwords ?? createPasswords(parts.random);
  const failures = createLoginFailures(parts, 'staff');
  const sessions = createSessions(parts, {
    ...{ kind: 'staff', sameSite: 'Strict', lasts: STAFF_SESSION_MS, idle: STAFF_IDLE_MS },
  });
  const staff = createStaff({ ...parts, passwords, failures });
  let timer: unknown;
  let purging: Promise<void> = Promise.resolve();

  async function loggedIn(request: FastifyRequest): Promise<LoggedInStaff | undefined> {
    const session = await sessions.of(request);
    const account = session && (await staff.byId(session.subject));
    return session && account?.state === 'active' ? { account, session } : undefined;
  }

  async function need(request: FastifyRequest): Promise<LoggedInStaff> {
    const known = request.caller.id.startsWith('staff:') ? await loggedIn(request) : undefined;
    if (!known) throw staffError('staff-session-needed');
    return known;
  }

  async function needProof(request: FastifyRequest): Promise<void> {
    if (request.caller.id.startsWith('token:')) return;
    const { session } = await need(request);
    if (session.authenticated + PROOF_MS <= clock.now()) throw staffError('staff-proof-needed');
  }

  async function purge(): Promise<void> {
    try {
      await sessions.purge();
      await failures.purge();
    } catch (fault) {
      log.error({ fault }, 'staff sessions that have run out could not be removed');
    }
  }

  function later(): void {
    timer = clock.setTimeout(() => {
      purging = purge().then(later);
    }, PURGE_MS);
  }

  const desk: StaffDesk = { clock, audit, staff, sessions, need, needProof };
  return {
    async start() {
      const sealed = await sealSecrets(parts.store.db, parts.box);
      if (sealed > 0) log.info({ sealed }, 'secrets of authenticators are sealed now');
      later();
    },
    async stop() {
      clock.clearTimeout(timer);
      await purging;
      clock.clearTimeout(timer);
    },
    staff,
    async callerByCookie(request) {
      const known = await loggedIn(request);
      if (!known) return undefined;
      checkCsrf(request, known.session.secret);
      const { id, name, roles } = known.account;
      const role = roles.includes('administrator') ? 'administrator' : 'reader';
      return { id: `staff:${id}`, name, role, roles };
    },
    routes: async (api) => {
      await api.register(ownRoutes(desk), { prefix: '/staff' });
      await api.register(manageRoutes(desk), { prefix: '/staff' });
    },
  };
}
