import { createHmac } from 'node:crypto';
import type { Clock, Tenant } from '../ports.ts';
import type { Store } from '../store/index.ts';
import { httpError } from './errors.ts';

/** Wrong logins that nobody has to wait for: people mistype. */
export const FREE_FAILURES = 4;
const FIRST_WAIT_MS = 2_000;
/** The longest wait, so that a stranger's guessing shuts nobody out for long. */
export const LONGEST_WAIT_MS = 15 * 60_000;
/** After so long without a wrong login all is forgotten. */
export const FORGET_AFTER_MS = 24 * 3_600_000;
/** Names kept at most; the oldest go first. */
const ROWS_MAX = 100_000;

/** Wrong logins of one name, known or not; they outlive a restart. */
export interface LoginFailures {
  /** @throws GatehouseError `login-too-many` with `retryAfter` in milliseconds */
  check(name: string): Promise<void>;
  failed(name: string): Promise<void>;
  succeeded(name: string): Promise<void>;
  /** Forgets what is old. */
  purge(): Promise<void>;
}

/** @param kind keeps the names of guests and of staff apart */
export function createLoginFailures(
  { store, clock, tenant }: { store: Store; clock: Clock; tenant: Tenant },
  kind: string,
): LoginFailures {
  // A typed name may be anybody's address: only an HMAC of it is kept.
  const subjectOf = (name: string) =>
    createHmac('sha256', tenant.venueKey).update(`login ${kind} ${name}`).digest('base64url');
  const keyOf = (name: string) => ({ tenant: tenant.id, kind, subject: subjectOf(name) });
  return {
    async check(name) {
      const { subject } = keyOf(name);
      const row = await store.db
        .selectFrom('login_failures')
        .select(['failures', 'at'])
        .where('tenant', '=', tenant.id)
        .where('kind', '=', kind)
        .where('subject', '=', subject)
        .executeTakeFirst();
      if (!row) return;
      const retryAfter = row.at + waitAfter(row.failures) - clock.now();
      if (retryAfter > 0) throw httpError('login-too-many', { retryAfter });
    },
    async failed(name) {
      const at = clock.now();
      await store.db
        .insertInto('login_failures')
        .values({ ...keyOf(name), failures: 1, at })
        .onConflict((known) =>
          known.columns(['tenant', 'kind', 'subject']).doUpdateSet((row) => ({
            failures: row
              .case()
              .when('login_failures.at', '<', at - FORGET_AFTER_MS)
              .then(1)
              .else(row('login_failures.failures', '+', 1))
              .end(),
            at,
          })),
        )
        .execute();
    },
    async succeeded(name) {
      await store.db
        .deleteFrom('login_failures')
        .where('tenant', '=', tenant.id)
        .where('kind', '=', kind)
        .where('subject', '=', subjectOf(name))
        .execute();
    },
    async purge() {
      await store.db
        .deleteFrom('login_failures')
        .where('at', '<', clock.now() - FORGET_AFTER_MS)
        .execute();
      const oldest = await store.db
        .selectFrom('login_failures')
        .select('at')
        .orderBy('at', 'desc')
        .offset(ROWS_MAX)
        .limit(1)
        .executeTakeFirst();
      if (oldest)
        await store.db.deleteFrom('login_failures').where('at', '<=', oldest.at).execute();
    },
  };
}

/** Milliseconds to wait after so many wrong logins in a row: doubling, up to a bound. */
export function waitAfter(failures: number): number {
  if (failures <= FREE_FAILURES) return 0;
  return Math.min(FIRST_WAIT_MS * 2 ** (failures - FREE_FAILURES - 1), LONGEST_WAIT_MS);
}
