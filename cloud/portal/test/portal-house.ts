import { randomBytes, webcrypto } from 'node:crypto';
import { fromHex, ROTATING_KEY, signRotating, slotAt } from '@gatehouse/protocol';
import type { FastifyInstance } from 'fastify';
import { createServer } from '../../http/index.ts';
import { type House, startHouse } from '../../test/house.ts';
import type { Performance } from '../../ticketing/index.ts';
import { createPortal, type Portal, type PortalView, portalRoutes } from '../index.ts';
import type { LoginCodes } from '../ports.ts';

export const PHONE = '+31612345678';
/** The code that the stand-in for SMS takes from everybody. */
export const CODE = '482913';

type Sent = Parameters<LoginCodes['send']>[0];

/** A house with a portal on it, without network: requests are injected. */
export interface PortalHouse extends House {
  readonly portal: Portal;
  readonly server: FastifyInstance;
  readonly sent: Sent[];
  /** Sells secure tickets of a performance to a number. */
  sell(performance: string, phone: string, count?: number): Promise<string[]>;
  /** Sets what the sale room says of a performance. */
  sale(
    performance: string,
    said: { saleUntil?: number | null; list?: number; code?: number },
  ): void;
  /** Time stands at this moment from now on. */
  setTime(at: number): void;
}

export async function startPortal(
  options: { codes?: (house: House) => LoginCodes; webDir?: string } = {},
): Promise<PortalHouse> {
  const house = await startHouse();
  const sent: Sent[] = [];
  const fake: LoginCodes = {
    send: async (request) => void sent.push(request),
    check: async ({ code }) => code === CODE,
  };
  let frozen: number | undefined;
  const { clock: running, store } = house;
  const clock = { ...running, now: () => frozen ?? running.now() };
  const portal = createPortal({
    ...{ store, ticketing: house.ticketing, random: randomBytes, log: house.log, clock },
    codes: options.codes?.(house) ?? fake,
    readPhone: (text) =>
      /^\+\d+$/.test(text) ? { ok: true, e164: text } : { ok: false, code: 'phone-unreadable' },
    house: async () => ({
      name: 'Theatre',
      telephone: '020 123 45 67',
      timeZone: 'Europe/Amsterdam',
    }),
    host: () => 'portal.example.org',
  });
  await portal.start();
  const server = await createServer({
    ...{ store, clock, log: house.log, routes: [], webDir: '/nowhere' },
    portal: [portalRoutes(portal, options.webDir ?? '/nowhere')],
  });
  return {
    ...house,
    portal,
    server,
    sent,
    async sell(performance, phone, count = 1) {
      const ids: string[] = [];
      for (let n = 1; n <= count; n++) {
        const label = { rank: 'Stalls', row: 'C', seat: String(6 + n), door: 'Left' };
        const order = { status: 'valid' as const, uses: 1, entrances: [], label };
        const { id } = await house.ticketing.addTicket(performance, order);
        await store.db.updateTable('tickets').set({ phone }).where('id', '=', id).execute();
        ids.push(id);
      }
      return ids;
    },
    sale(performance, { saleUntil = null, list = 120, code = 60 }) {
      store
        .prepare(
          `insert or replace into performance_sales (performance, sale_until, basket_max,
           hold_minutes, list_before_minutes, code_before_minutes) values (?, ?, 10, 10, ?, ?)`,
        )
        .run(performance, saleUntil, list, code);
    },
    setTime: (at) => {
      frozen = at;
    },
    async stop() {
      await server.close();
      await portal.stop();
      await house.stop();
    },
  };
}

export const secure = (starts: number, more: Partial<Performance> = {}) => ({
  starts,
  secure: true,
  ...more,
});

/** A phone without a browser: its key, its cookie, and what it asks. */
export interface TestPhone {
  /** From now on its page is in another language. */
  speaks(language: string): void;
  readonly cookie: string;
  readonly keys: CryptoKeyPair;
  login(code?: string): Promise<{ status: number; view: PortalView }>;
  tickets(): Promise<{ status: number; view: PortalView; text: string }>;
  post(
    path: string,
    body: object,
  ): Promise<{ status: number; body: PortalView & { code?: string } }>;
  /** Signs the code of a ticket as the page does. */
  sign(view: PortalView, at: number, ticket?: number): Promise<string>;
}

export async function testPhone(
  server: FastifyInstance,
  phone: string,
  given?: string,
): Promise<TestPhone> {
  let language = given;
  const subtle = webcrypto.subtle as unknown as SubtleCrypto;
  const keys = await subtle.generateKey(ROTATING_KEY, false, ['sign', 'verify']);
  const publicKey = Buffer.from(await subtle.exportKey('spki', keys.publicKey)).toString('base64');
  let cookie = '';
  const ask = async (method: 'GET' | 'POST', url: string, payload?: object) => {
    const spoken = language === undefined ? {} : { 'accept-language': language };
    const headers = cookie === '' ? spoken : { cookie, ...spoken };
    const answer = await server.inject({ method, url, headers, ...(payload ? { payload } : {}) });
    const set = answer.headers['set-cookie'];
    if (typeof set === 'string') cookie = set.split(';')[0] as string;
    return answer;
  };
  return {
    keys,
    speaks(next) {
      language = next;
    },
    get cookie() {
      return cookie;
    },
    async login(code = CODE) {
      const answer = await ask('POST', '/portal/api/login', { phone, code, publicKey });
      return { status: answer.statusCode, view: answer.json() };
    },
    async tickets() {
      const answer = await ask('GET', '/portal/api/tickets');
      return { status: answer.statusCode, view: answer.json(), text: answer.body };
    },
    async post(path, body) {
      const answer = await ask('POST', `/portal/api/${path}`, body);
      const said = answer.body === '' ? 'null' : answer.body;
      return { status: answer.statusCode, body: JSON.parse(said) };
    },
    async sign(view, at, ticket = 0) {
      const { code } = view.tickets[ticket] ?? {};
      if (!view.signing || !code) throw new Error('there is nothing to sign');
      const { tenant, beacon } = view.signing;
      const statement = {
        tenant,
        handle: fromHex(code.handle)!,
        generation: code.generation,
        slot: slotAt(at),
        beacon: fromHex(beacon.value)!,
      };
      return signRotating(subtle, keys.privateKey, statement, beacon.index);
    },
  };
}
