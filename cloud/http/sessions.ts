import type { Moment } from '@gatehouse/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock, Random, Tenant } from '../ports.ts';
import type { SessionTable, Store } from '../store/index.ts';
import { readCookie, setCookie } from './cookies.ts';
import { csrfTokenOf, digestOf, makeSecret, SECRET } from './secrets.ts';
import { agentOf } from './user-agent.ts';

/** How often it is written down that a session is in use. */
const SEEN_EVERY_MS = 5 * 60_000;
/** Sessions of one person at most; the one unused longest ends. */
export const SESSIONS_MAX = 20;
/** Characters of a session's digest by which it is called. */
const ID_LENGTH = 16;

export interface SessionRules {
  readonly kind: SessionTable['kind'];
  readonly sameSite: 'Lax' | 'Strict';
  /** Milliseconds from the login on. */
  readonly lasts: number;
  /** Milliseconds without a request. */
  readonly idle: number;
}

export interface Session {
  /** How it is called where its secret must not be shown. */
  readonly id: string;
  /** Whose: the id of an account. */
  readonly subject: string;
  readonly means: SessionTable['means'];
  /** When it was last proved who it is. */
  readonly authenticated: Moment;
  /** What the browser holds; never in an answer or a log. */
  readonly secret: string;
}

export type ListedSession = Pick<SessionTable, 'agent' | 'created' | 'seen' | 'means'> & {
  readonly id: string;
  readonly own: boolean;
};

/** Who is logged in, by a cookie with a random id. */
export interface Sessions {
  /** The session of a request, if it has one that still counts. */
  of(request: FastifyRequest): Promise<Session | undefined>;
  /** Logs in: ends the session the browser came with and begins one with a new id. */
  begin(
    request: FastifyRequest,
    reply: FastifyReply,
    who: Pick<Session, 'subject' | 'means'>,
  ): Promise<{ csrf: string }>;
  /** The same person has proved again who it is: same session, new id. */
  renew(request: FastifyRequest, reply: FastifyReply, session: Session): Promise<{ csrf: string }>;
  /** Logs out. */
  end(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Ends one of somebody's sessions by its id; false if there is none. */
  endById(subject: string, id: string): Promise<boolean>;
  endAll(subject: string, except?: Session): Promise<void>;
  list(subject: string, own?: Session): Promise<ListedSession[]>;
  /** Forgets those that have run out. */
  purge(): Promise<void>;
}

export interface SessionParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly tenant: Tenant;
}

export function createSessions(parts: SessionParts, rules: SessionRules): Sessions {
  const { store, clock, random, tenant } = parts;
  const cookie = {
    name: `gatehouse-${rules.kind}`,
    sameSite: rules.sameSite,
    lasts: rules.lasts,
  };
  const mine = { tenant: tenant.id, kind: rules.kind };

  async function remove(digest: string): Promise<void> {
    await store.db.deleteFrom('sessions').where('digest', '=', digest).execute();
  }

  function cookieOf(request: FastifyRequest): string | undefined {
    const secret = readCookie(request, cookie);
    return secret !== undefined && SECRET.test(secret) ? secret : undefined;
  }

  async function endOfBrowser(request: FastifyRequest): Promise<void> {
    const secret = cookieOf(request);
    if (secret !== undefined) await remove(digestOf(secret));
  }

  async function keepFew(subject: string): Promise<void> {
    const rows = await rowsOf(subject);
    for (const { digest } of rows.slice(SESSIONS_MAX)) await remove(digest);
  }

  function rowsOf(subject: string) {
    return store.db
      .selectFrom('sessions')
      .selectAll()
      .where('tenant', '=', mine.tenant)
      .where('kind', '=', mine.kind)
      .where('subject', '=', subject)
      .orderBy('seen', 'desc')
      .execute();
  }

  return {
    async of(request) {
      const secret = cookieOf(request);
      if (secret === undefined) return undefined;
      const digest = digestOf(secret);
      const row = await store.db
        .selectFrom('sessions')
        .selectAll()
        .where('digest', '=', digest)
        .where('tenant', '=', mine.tenant)
        .where('kind', '=', mine.kind)
        .executeTakeFirst();
      const now = clock.now();
      if (!row || row.expires <= now || row.seen + rules.idle <= now) return undefined;
      if (row.seen + SEEN_EVERY_MS <= now) {
        await store.db
          .updateTable('sessions')
          .set({ seen: now })
          .where('digest', '=', digest)
          .execute();
      }
      const { subject, means, authenticated } = row;
      return { id: digest.slice(0, ID_LENGTH), subject, means, authenticated, secret };
    },
    async begin(request, reply, { subject, means }) {
      await endOfBrowser(request);
      const secret = makeSecret(random);
      const now = clock.now();
      await store.db
        .insertInto('sessions')
        .values({
          ...mine,
          digest: digestOf(secret),
          subject,
          means,
          agent: agentOf(request.headers['user-agent']),
          created: now,
          seen: now,
          authenticated: now,
          expires: now + rules.lasts,
        })
        .execute();
      await keepFew(subject);
      setCookie(request, reply, cookie, secret);
      return { csrf: csrfTokenOf(secret) };
    },
    async renew(request, reply, session) {
      const secret = makeSecret(random);
      const now = clock.now();
      await store.db
        .updateTable('sessions')
        .set({ digest: digestOf(secret), authenticated: now, seen: now })
        .where('digest', '=', digestOf(session.secret))
        .execute();
      setCookie(request, reply, cookie, secret);
      return { csrf: csrfTokenOf(secret) };
    },
    async end(request, reply) {
      await endOfBrowser(request);
      setCookie(request, reply, cookie, '');
    },
    async endById(subject, id) {
      const row = (await rowsOf(subject)).find(({ digest }) => digest.slice(0, ID_LENGTH) === id);
      if (row) await remove(row.digest);
      return row !== undefined;
    },
    async endAll(subject, except) {
      const spared = except ? digestOf(except.secret) : '';
      await store.db
        .deleteFrom('sessions')
        .where('tenant', '=', mine.tenant)
        .where('kind', '=', mine.kind)
        .where('subject', '=', subject)
        .where('digest', '!=', spared)
        .execute();
    },
    async list(subject, own) {
      const now = clock.now();
      return (await rowsOf(subject))
        .filter((row) => row.expires > now && row.seen + rules.idle > now)
        .map(({ digest, agent, created, seen, means }) => {
          const id = digest.slice(0, ID_LENGTH);
          return { id, agent, created, seen, means, own: id === own?.id };
        });
    },
    async purge() {
      const now = clock.now();
      await store.db
        .deleteFrom('sessions')
        .where('tenant', '=', mine.tenant)
        .where('kind', '=', mine.kind)
        .where((row) => row.or([row('expires', '<=', now), row('seen', '<=', now - rules.idle)]))
        .execute();
    },
  };
}
