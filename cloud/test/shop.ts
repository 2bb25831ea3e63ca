import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer, makeToken } from '../http/index.ts';
import type { Message } from '../mail/index.ts';
import type { MollieAddress } from '../payments/index.ts';
import { createSale, type Sale } from '../sale.ts';
import { createAudit } from '../staff/index.ts';
import { codeKey, ticketingRoutes } from '../ticketing/index.ts';
import type { Answer } from './api.ts';
import { type House, startHouse } from './house.ts';

/** A shop on a real database and real HTTP; who is logged in is said by a header. */
export interface Shop {
  readonly house: House;
  readonly sale: Sale;
  readonly base: string;
  /** Verified number by account; `null` for one that is not verified. */
  readonly accounts: Map<string, string | null>;
  readonly mails: Message[];
  readonly key: ReturnType<typeof codeKey>;
  staff(method: string, path: string, body?: unknown, type?: string): Promise<Answer>;
  shop(method: string, path: string, asked?: Asked): Promise<Answer>;
  /** A performance on sale; gives its id and its one ticket type. */
  sell(settings?: Selling): Promise<{ id: string; type: string }>;
  /** Orders tickets and gives the order with its token; not paid yet. */
  order(of: { id: string; type: string }, count: number, asked?: Asked): Promise<Answer['body']>;
  stop(): Promise<void>;
}

export interface Asked {
  readonly body?: unknown;
  readonly basket?: string;
  readonly order?: string;
  readonly account?: string;
  readonly channel?: string;
}

export interface Selling {
  readonly secure?: boolean;
  readonly lines?: number;
  readonly seats?: number;
  readonly capacity?: number;
  readonly cents?: number;
  readonly startsIn?: number;
  readonly sale?: object;
}

export interface ShopOptions {
  readonly demonstration?: boolean;
  readonly mollie?: MollieAddress;
  readonly sms?: { enabled: boolean; tested: boolean };
  readonly portal?: boolean;
}

export const MOLLIE_KEY = 'test_abcdefghijklmnopqrstuvwxyz';

export async function startShop(options: ShopOptions = {}): Promise<Shop> {
  const house = await startHouse();
  const { store, clock, log, ticketing } = house;
  const accounts = new Map<string, string | null>();
  const mails: Message[] = [];
  const keys = new Set<string>();
  const key = codeKey(randomBytes(32));
  const { demonstration = true, sms = { enabled: true, tested: true }, portal = true } = options;
  let base = '';
  const addresses = {
    get shop() {
      return base;
    },
    portal: 'https://secureticketportal.example',
  };
  const audit = createAudit({ store, clock, tenant: ticketing.tenant });
  const sale = createSale({
    ...{ store, audit, ticketing, clock, log, random: randomBytes, key, addresses, demonstration },
    mail: {
      queueInBatch(message) {
        if (!keys.has(message.key)) mails.push(message as Message);
        keys.add(message.key);
      },
      queueIn: async (_step, message) => void mails.push(message as Message),
      nudge: () => undefined,
      attach: () => undefined,
      ordersFrom: () => undefined,
    },
    timeZone: 'Europe/Amsterdam',
    buyer(request) {
      const account = request.headers['x-account'];
      if (account === undefined) return null;
      return { account: String(account), verifiedPhone: accounts.get(String(account)) ?? null };
    },
    verifiedPhone: (account) => accounts.get(account) ?? null,
    checks: { sms: async () => sms, portal: async () => portal },
    mollie: options.mollie,
  });
  const routes = [ticketingRoutes(ticketing, audit), ...sale.routes];
  const parts = { store, clock, log, webDir: '/nowhere', routes, open: [sale.open] };
  const server = await createServer(parts);
  await server.listen({ host: '127.0.0.1', port: 0 });
  base = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  const { token } = await makeToken({ store, clock, random: randomBytes }, 'desk', 'administrator');
  sale.start();

  const staff: Shop['staff'] = (method, path, body, type) =>
    call(`${base}/api/v1${path}`, method, body, { authorization: `Bearer ${token}` }, type);
  const shop: Shop['shop'] = (method, path, asked = {}) => {
    const { basket, order, account, channel } = asked;
    return call(`${base}/shop/api/v1${path}`, method, asked.body, {
      ...(basket === undefined ? {} : { 'x-basket': basket }),
      ...(order === undefined ? {} : { 'x-order': order }),
      ...(account === undefined ? {} : { 'x-account': account }),
      ...(channel === undefined ? {} : { 'x-channel': channel }),
    });
  };
  const self: Shop = {
    ...{ house, sale, base, accounts, mails, key, staff, shop },
    sell: (settings = {}) => putOnSale(self, settings),
    async order({ id, type }, count, asked = {}) {
      const body = { performance: id, tickets: [{ type, count }] };
      const filled = need(await shop('POST', '/basket/places', { ...asked, body }), 201);
      const basket = filled.token as string;
      const made = await shop('POST', '/orders', { ...asked, basket, body: newOrder(asked.body) });
      return { basket, ...need(made, 201) };
    },
    async stop() {
      await sale.stop();
      await server.close();
      await house.stop();
    },
  };
  return self;
}

/** What a guest says when ordering. */
export function newOrder(given: unknown = {}) {
  const key = randomBytes(9).toString('hex');
  return { key, name: 'Sanne de Boer', email: 'sanne@example.org', ...(given as object) };
}

/** The body of an answer that must have this status. */
export function need({ status, body }: Answer, expected: number): Answer['body'] {
  if (status !== expected) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

async function putOnSale(shop: Shop, settings: Selling): Promise<{ id: string; type: string }> {
  const { secure = false, lines = 5, seats = 10, capacity = null, cents = 2_500 } = settings;
  const starts = shop.house.clock.now() + (settings.startsIn ?? 86_400_000);
  const { id } = await shop.house.perform({ secure, capacity, starts });
  const rank = capacity === null ? 'a' : '';
  let plan: string | null = null;
  if (capacity === null) {
    const all = Array.from({ length: lines * seats }, (_, n) => ({
      ...{ rank: 'a', row: String.fromCharCode(65 + Math.floor(n / seats)) },
      ...{ number: String((n % seats) + 1), line: Math.floor(n / seats), place: n % seats },
    }));
    const name = randomBytes(4).toString('hex');
    const hall = { name, ranks: [{ id: 'a', name: 'Parterre' }], seats: all };
    plan = need(await shop.staff('POST', '/halls', hall), 201).id;
  }
  const types = [{ name: 'Adult', kind: 'normal', prices: [{ rank, cents }] }];
  const put = need(await shop.staff('PUT', `/performances/${id}/ticket-types`, { types }), 200);
  const sale = { plan, open: true, ...settings.sale };
  need(await shop.staff('PATCH', `/performances/${id}/sale`, { plan, open: false }), 200);
  need(await shop.staff('PATCH', `/performances/${id}/sale`, sale), 200);
  return { id, type: put.types[0].id };
}

async function call(
  url: string,
  method: string,
  body: unknown,
  headers: Record<string, string>,
  type = 'application/json',
): Promise<Answer> {
  const raw = Buffer.isBuffer(body);
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body: raw ? new Uint8Array(body) : JSON.stringify(body) }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  if (!isJson) return { status: response.status, body: bytes.length === 0 ? undefined : bytes };
  return { status: response.status, body: JSON.parse(bytes.toString()) };
}
