import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createServer, makeToken } from '../../../http/index.ts';
import type { Clock } from '../../../ports.ts';
import type { Store } from '../../../store/index.ts';
import { openFresh } from '../../../test/fresh-store.ts';
import { type KeptLog, keptLog } from '../../../test/house.ts';
import { ANSWER_WITHIN_MS } from '../exchange.ts';
import { createSms, reportRoutes, type Sms, smsRoutes } from '../index.ts';

export const PHONE = '+31612345678';
/** Virtual milliseconds in a real one, for timers. */
const FASTER = 20;
/** An answer has to come in truth within its time, also from a machine that is busy. */
const faster = (milliseconds: number) => (milliseconds === ANSWER_WITHIN_MS ? 4 : FASTER);

/** A wall clock that only a test moves, and timers that run fast. */
export interface TestClock extends Clock {
  move(milliseconds: number): void;
}

export function testClock(start = Date.UTC(2026, 10, 21, 19)): TestClock {
  let now = start;
  return {
    now: () => now,
    monotonic: () => now - start,
    // Long timers (pruning, outbox) are the test's business.
    setTimeout: (run, milliseconds) =>
      milliseconds > 30_000 ? undefined : setTimeout(run, milliseconds / faster(milliseconds)),
    clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
    move: (milliseconds) => {
      now += milliseconds;
    },
  };
}

/** SMS on a real database with its routes, and a provider beside it if a test starts one. */
export interface SmsHouse {
  readonly dir: string;
  readonly clock: TestClock;
  readonly log: KeptLog;
  readonly store: Store;
  readonly sms: Sms;
  readonly server: FastifyInstance;
  /** Calls the API with a token of this role. */
  call(
    method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
    path: string,
    body?: object,
    role?: 'administrator' | 'reader',
    // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the API answers
  ): Promise<{ status: number; body: any }>;
  /** Stops SMS and starts it anew on the same database, as a restart does. */
  restart(): Promise<Sms>;
  stop(): Promise<void>;
}

export async function startSms(): Promise<SmsHouse> {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-sms-'));
  const clock = testClock();
  const log = keptLog();
  const store = await openFresh(join(dir, 'test.db'), clock);
  const make = () =>
    createSms({ store, tenant: 't', clock, random: randomBytes, log, localProviders: true });
  let sms = make();
  await sms.start();
  // The routes outlive a restart.
  const current = new Proxy({} as Sms, { get: (_, name: keyof Sms) => sms[name] });
  const server = await createServer({
    ...{ store, clock, log, webDir: join(dir, 'nowhere') },
    routes: [smsRoutes(current, { note: () => undefined })],
    open: [reportRoutes(current)],
  });
  const tokens = { administrator: '', reader: '' };
  for (const role of ['administrator', 'reader'] as const) {
    tokens[role] = (await makeToken({ store, clock, random: randomBytes }, role, role)).token;
  }
  return {
    ...{ dir, clock, log, store, server },
    get sms() {
      return sms;
    },
    async call(method, path, body, role = 'administrator') {
      const headers = { authorization: `Bearer ${tokens[role]}` };
      const url = `/api/v1${path}`;
      const answer = await server.inject({ method, url, headers, ...(body ? { body } : {}) });
      return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() };
    },
    async restart() {
      await sms.stop();
      sms = make();
      await sms.start();
      return sms;
    },
    async stop() {
      await server.close();
      await sms.stop();
      await store.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export const login = (text = 'Your code is 482913') => ({
  to: PHONE,
  text,
  purpose: 'login' as const,
});
