import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createPasswords, createServer, type Passwords } from '../../../http/index.ts';
import { loadTenant, type Store } from '../../../store/index.ts';
import { openFresh } from '../../../test/fresh-store.ts';
import { type KeptLog, keptLog, type MovableClock, movableClock } from '../../../test/house.ts';
import { createGuests, type Guests } from '../guests.ts';
import { guestOfficeRoutes } from '../office-routes.ts';
import type { MailToQueue } from '../ports.ts';

const CHEAP = { memory: 64, passes: 1, parallelism: 1 };
export const HOST = 'shop.test';

export interface Said {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the API answers
  readonly body: any;
  readonly cookies: readonly string[];
}

/** A guest's browser: keeps cookies and the session's token as a page does. */
export interface TestBrowser {
  readonly cookies: Map<string, string>;
  csrf: string;
  call(method: string, path: string, body?: unknown, headers?: object): Promise<Said>;
}

/** Codes that are known to the test, in place of SMS. */
export interface TestCodes {
  /** The code that counts, by number. */
  readonly sent: Map<string, string>;
  readonly requests: { phone: string; host: string; language: string; address: string }[];
  refuse: boolean;
}

export interface GuestHouse {
  readonly store: Store;
  readonly clock: MovableClock;
  readonly log: KeptLog;
  readonly guests: Guests;
  readonly server: FastifyInstance;
  readonly mails: MailToQueue[];
  readonly codes: TestCodes;
  /** How often a password was hashed or compared. */
  readonly work: { hashes: number; compared: number };
  readonly audited: object[];
  browser(address?: string): TestBrowser;
  /** The secret in the newest mail to an address. */
  linkTo(email: string): string;
  /** A browser that is logged in, by a mailed link. */
  loggedIn(email: string): Promise<TestBrowser>;
  /** Gives an account a verified number. */
  verify(browser: TestBrowser, phone: string): Promise<Said>;
  stop(): Promise<void>;
}

/** Guests on a real database behind the real server, with mail and SMS kept for the test. */
export async function startGuests({ tls = false } = {}): Promise<GuestHouse> {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-guests-'));
  const clock = movableClock();
  const log = keptLog();
  const store = await openFresh(join(dir, 'test.db'), clock);
  const tenant = await loadTenant(store, randomBytes);
  const mails: MailToQueue[] = [];
  const work = { hashes: 0, compared: 0 };
  const codes = testCodes();
  const audited: object[] = [];
  const guests = createGuests({
    ...{ store, clock, random: randomBytes, log, tenant },
    passwords: countedPasswords(work),
    mail: { queue: async (mail) => mails.push(mail) },
    codes: codes.port,
    shopUrl: () => `http${tls ? 's' : ''}://${HOST}`,
  });
  const office = guestOfficeRoutes({
    ...{ store, tenant, guests },
    audit: { write: async (who, change) => void audited.push({ who: who.id, ...change }) },
  });
  const server = await createServer({
    ...{ store, clock, log, webDir: join(dir, 'nowhere'), trustProxy: ['127.0.0.1'] },
    routes: [office],
    open: [guests.routes],
    byCookie: async () => ({
      ...{ id: 'staff:1', name: 'Till', role: 'reader', roles: ['box-office'] },
    }),
  });
  const browser = (address = '192.0.2.1') =>
    testBrowser(async (method, url, body, headers) => {
      const answer = await server.inject({
        ...{ method: method as 'GET', url },
        headers: withoutUndefined({
          ...{ host: HOST, origin: `http${tls ? 's' : ''}://${HOST}` },
          ...{ 'x-forwarded-for': address, 'x-forwarded-proto': tls ? 'https' : 'http' },
          ...headers,
        }),
        ...(body === undefined ? {} : { payload: body as object }),
      });
      const set = answer.headers['set-cookie'] ?? [];
      return {
        status: answer.statusCode,
        body: answer.body === '' ? undefined : answer.json(),
        cookies: Array.isArray(set) ? set : [set],
      };
    });
  const linkTo = (email: string) => {
    const mail = mails.findLast(({ to }) => to === email);
    return mail && 'toegang' in mail.data ? (mail.data.toegang.url.split('#')[1] ?? '') : '';
  };
  return {
    ...{ store, clock, log, guests, server, mails, codes, work, audited, browser, linkTo },
    async loggedIn(email) {
      const own = browser();
      await own.call('POST', '/login-link', { email, language: 'en' });
      await own.call('POST', '/links/use', { link: linkTo(email) });
      return own;
    },
    async verify(own, phone) {
      const asked = await own.call('POST', '/phone', { phone });
      if (asked.status !== 202) return asked;
      return own.call('POST', '/phone/verify', { code: codes.sent.get(asked.body.phone) ?? '' });
    },
    async stop() {
      await server.close();
      await guests.stop();
      await store.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A header given as undefined is one that the browser does not send. */
function withoutUndefined(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
}

type Ask = (method: string, url: string, body: unknown, headers: object) => Promise<Said>;

function testBrowser(ask: Ask): TestBrowser {
  const cookies = new Map<string, string>();
  const own: TestBrowser = {
    cookies,
    csrf: '',
    async call(method, path, body, headers = {}) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const url = path.startsWith('/api') ? path : `/account/api/v1${path}`;
      const said = await ask(method, url, body, {
        ...(cookie ? { cookie } : {}),
        ...(own.csrf ? { 'x-csrf-token': own.csrf } : {}),
        ...headers,
      });
      for (const line of said.cookies) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (value === '') cookies.delete(name);
        else cookies.set(name, value);
      }
      own.csrf = said.body?.csrf ?? said.body?.session?.csrf ?? own.csrf;
      return said;
    },
  };
  return own;
}

function countedPasswords(work: GuestHouse['work']): Passwords {
  const passwords = createPasswords(randomBytes, CHEAP);
  return {
    ...passwords,
    hash: (password) => {
      work.hashes += 1;
      return passwords.hash(password);
    },
    verify: (password, stored) => {
      work.compared += 1;
      return passwords.verify(password, stored);
    },
  };
}

function testCodes() {
  const sent = new Map<string, string>();
  const requests: TestCodes['requests'] = [];
  let next = 100_000;
  const kept = {
    ...{ sent, requests, refuse: false },
    port: {
      async send(request: { phone: string; host: string; language: string; address: string }) {
        if (kept.refuse) {
          return { ok: false, code: 'code-number-limit', waitMs: 60_000 } as const;
        }
        requests.push(request);
        next += 1;
        sent.set(request.phone, String(next));
        return { ok: true, resendMs: 30_000 } as const;
      },
      async check({ phone, code }: { phone: string; code: string }) {
        const isRight = sent.get(phone) === code;
        if (isRight) sent.delete(phone);
        return isRight;
      },
    },
  };
  return kept;
}
