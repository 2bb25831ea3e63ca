import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser } from '../../../../scripts/browser.ts';
import { buildPage, isStale } from '../../../../scripts/pages.ts';
import { PATIENCE_MS } from '../../../../scripts/patience.ts';
import { type FakeSmtp, startSmtp } from '../../../mail/test/fake-smtp.ts';
import { type Api, adminApi } from '../../../test/api.ts';

const PAGE = join(import.meta.dirname, '..');
const RUN = join(import.meta.dirname, '..', '..', '..', 'test', 'run-cloud.ts');
const SHOTS = join(PAGE, '..', '..', '..', 'test-output');
const READY = /^cloud ready (\S+)$/;
const MINUTE = 60_000;
export const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 };
export const DESKTOP = { viewport: { width: 1280, height: 900 } };

/** The cloud as a process of its own, with a shop to walk through and a mail server. */
export interface ShopHouse {
  readonly base: string;
  readonly dir: string;
  readonly api: Api;
  /** Performances by what they show. */
  readonly shows: Readonly<Record<'secure' | 'free' | 'soon' | 'gone', string>>;
  /** What the process has logged. */
  logged(): string;
  /** What pages have said that they should not; empty at the end. */
  readonly complaints: string[];
  guest(options?: BrowserContextOptions): Promise<Page>;
  /** The newest link mailed to an address. */
  mailedLink(to: string): Promise<string>;
  /** The newest code sent by SMS, as an administrator sees it in the outbox. */
  smsCode(): Promise<string>;
  /** A picture of the whole page, or of what the screen shows of it. */
  shot(page: Page, name: string, fullPage?: boolean): Promise<void>;
  mqttPort(): number;
  stop(): Promise<void>;
}

/** @param more options of the cloud, if not those of a demonstration with test payments */
export async function startShopHouse(mqttPort: number, more: object = {}): Promise<ShopHouse> {
  mkdirSync(SHOTS, { recursive: true });
  if (await isStale(PAGE)) await buildPage(PAGE);
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-shop-'));
  const smtp = await startSmtp({});
  const { cloud, base, logged } = await startProcess({
    ...{ dataDir: join(dir, 'data'), mqttPort, demonstration: true, ...more },
  });
  const api = await adminApi(base, join(dir, 'data'));
  await setMail(api, smtp);
  const shows = await perform(api);
  const { browser } = await launchBrowser();
  const complaints: string[] = [];
  return {
    ...{ base, dir, api, shows, complaints, logged },
    mqttPort: () => mqttPort,
    async guest(options = {}) {
      const look = { ...PHONE, locale: 'en-GB', ...options };
      const page = await (await (browser as Browser).newContext(look)).newPage();
      page.on('pageerror', (fault) => complaints.push(fault.message));
      page.on('console', (line) => {
        // Refused requests are part of some walks; anything else is a fault of the page.
        if (line.type() !== 'error' || /status of 4\d\d/.test(line.text())) return;
        complaints.push(line.text());
      });
      return page;
    },
    async mailedLink(to) {
      for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
        const mail = smtp.received.findLast((one) => one.to === to);
        const link = mail && linkIn(mail.source);
        if (link) {
          smtp.received.length = 0;
          return link;
        }
        await new Promise((done) => setTimeout(done, 50));
      }
      throw new Error('no mail with a link came');
    },
    async smsCode() {
      const { body } = await api.call('GET', '/sms/outbox');
      return /\b\d{6}\b/.exec(JSON.stringify(body.messages[0]))?.[0] ?? '';
    },
    async shot(page, name, fullPage = true) {
      await page.screenshot({ path: join(SHOTS, `shop-${name}.png`), fullPage });
    },
    async stop() {
      await browser?.close();
      const gone = new Promise((done) => cloud.once('exit', done));
      cloud.kill('SIGTERM');
      await gone;
      await smtp.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function startProcess(given: object) {
  const where = { host: '127.0.0.1', httpPort: 0, enrolPort: 0 };
  const options = { ...where, tenantName: 'Theater De Kade', ...given };
  const cloud: ChildProcess = spawn(process.execPath, [RUN, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  cloud.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const lines = createInterface({ input: cloud.stdout as NodeJS.ReadableStream });
  for await (const line of lines) {
    const base = READY.exec(line)?.[1];
    if (base) return { cloud, base, logged: () => log };
  }
  throw new Error(`the cloud did not start: ${log}`);
}

async function setMail(api: Api, smtp: FakeSmtp): Promise<void> {
  const server = {
    ...{ host: '127.0.0.1', port: smtp.port, tls: 'none', user: null, replyTo: null },
    ...{ from: { name: 'Theater De Kade', address: 'kaarten@kade.example' }, caCertificate: null },
  };
  const theater = { naam: 'Theater De Kade', adres: '', telefoon: '', email: '', website: '' };
  need(await api.call('PUT', '/mail/settings', { server, theater }), 200);
}

/** The link of a mail; its source breaks lines and writes `=` as `=3D`. */
function linkIn(source: string): string | undefined {
  const plain = source.replace(/=\r?\n/g, '').replace(/=3D/g, '=');
  return /http:\/\/\S+?\/account\/link#[\w-]{43}/.exec(plain)?.[0];
}

function need({ status, body }: { status: number; body: unknown }, expected: number) {
  if (status !== expected) throw new Error(`${status} ${JSON.stringify(body)}`);
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the API answers
  return body as any;
}

async function perform(api: Api): Promise<ShopHouse['shows']> {
  const now = Date.now();
  const plan = need(await api.call('POST', '/halls', hall()), 201).id;
  const seated = [
    type('Regular', 'normal', { a: 3_250, b: 2_450 }),
    type('Student', 'discount', { a: 1_800, b: 1_500 }),
  ];
  const plain = [type('Regular', 'normal', { '': 1_950 }), type('Up to 25', 'discount', { '': 0 })];
  const show = (title: string, inMinutes: number, more: object, types: object[], sale: object) =>
    addShow(api, { title, starts: now + inMinutes * MINUTE, ...more }, types, sale);
  const grand = { hall: 'Grote zaal' };
  const studio = { hall: 'Studio' };
  const free = { plan: null, open: true, saleFrom: null };
  return {
    free: await show('Summer Sessions', 40, { ...studio, capacity: 60 }, plain, free),
    secure: await show('Hamlet', 45, { ...grand, secure: true }, seated, {
      ...{ plan, open: true, guestMax: 4, priceText: 'Including a drink in the interval.' },
    }),
    soon: await show('The Night Train', 40_000, { ...grand, secure: true }, seated, {
      ...{ plan, open: true, saleFrom: now + 3_000 * MINUTE },
    }),
    gone: await soldOut(
      api,
      await show('Late Jazz', 3_000, { ...studio, capacity: 2 }, plain, free),
    ),
  };
}

async function soldOut(api: Api, id: string): Promise<string> {
  const block = { count: 2, kind: 'conditional', reason: 'guests of the band' };
  need(await api.call('POST', `/performances/${id}/blocks`, block), 201);
  return id;
}

async function addShow(api: Api, given: object, types: object[], sale: object): Promise<string> {
  const { title, ...settings } = given as { title: string };
  const production = need(await api.call('POST', '/productions', { title }), 201).id;
  const { id } = need(await api.call('POST', '/performances', { production, ...settings }), 201);
  const { open, ...quiet } = sale as { open: boolean };
  need(await api.call('PATCH', `/performances/${id}/sale`, { ...quiet, open: false }), 200);
  need(await api.call('PUT', `/performances/${id}/ticket-types`, { types }), 200);
  const charge = { name: 'Service', per: 'order', cents: 250 };
  const path = `/performances/${id}/surcharges`;
  need(await api.call('PUT', path, { surcharges: [charge] }), 204);
  const wine = { name: 'Glass of wine', cents: 450, most: 4 };
  need(await api.call('PUT', `/performances/${id}/extras`, { extras: [wine] }), 200);
  need(await api.call('PATCH', `/performances/${id}/sale`, { open }), 200);
  return id;
}

function type(name: string, kind: string, prices: Record<string, number>) {
  const list = Object.entries(prices).map(([rank, cents]) => ({ rank, cents }));
  return { name, kind, prices: list };
}

/** Eleven rows, slightly fanned, with an aisle and two wheelchair places. */
function hall() {
  const seats = Array.from({ length: 11 }, (_, line) => {
    const inset = Math.max(0, 2 - Math.floor(line / 2));
    const places = Array.from({ length: 17 - 2 * inset }, (_, n) => n + inset);
    return places
      .filter((place) => place !== 8)
      .map((place, n) => ({
        ...{ rank: line < 6 ? 'a' : 'b', row: String.fromCharCode(65 + line) },
        ...{ number: String(n + 1), line, place },
        ...(line === 10 && n < 2 ? { wheelchair: true } : {}),
      }));
  }).flat();
  const ranks = [
    { id: 'a', name: 'Stalls' },
    { id: 'b', name: 'Circle' },
  ];
  return { name: 'Grote zaal', ranks, seats };
}
