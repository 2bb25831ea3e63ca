import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser, Page } from 'playwright-core';
import { buildPage, isStale } from '../../../../scripts/pages.ts';
import { type Answer, type Api, adminApi } from '../../../test/api.ts';

const PAGE = join(import.meta.dirname, '..', '..');
const RUN = join(PAGE, '..', 'test', 'run-cloud.ts');
const SHOTS = join(PAGE, '..', '..', 'test-output');
const READY = /^cloud ready (\S+)$/;
export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** The cloud as a process of its own, with a page of an administrator in it. */
export interface Office {
  /** A folder that goes with it. */
  readonly dir: string;
  readonly api: Api;
  readonly page: Page;
  /** What the page has said that it should not; empty at the end. */
  readonly complaints: string[];
  open(name: string): Promise<void>;
  shot(name: string): Promise<void>;
  /** Pixels by which the page is wider than the window. */
  overflow(): Promise<number>;
  stop(): Promise<void>;
}

export async function startOffice(browser: Browser, options: object = {}): Promise<Office> {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-office-'));
  const dataDir = join(dir, 'data');
  const { process: cloud, base } = await startProcess({ ...options, dataDir });
  return showOffice(browser, await adminApi(base, dataDir), dir, async () => {
    const gone = new Promise((done) => cloud.once('exit', done));
    cloud.kill('SIGTERM');
    await gone;
    await rm(dir, { recursive: true, force: true });
  });
}

/** The page of an administrator on a cloud that runs already, wherever it does. */
export async function showOffice(
  browser: Browser,
  api: Api,
  dir: string,
  stop: () => Promise<void>,
): Promise<Office> {
  mkdirSync(SHOTS, { recursive: true });
  if (await isStale(PAGE)) await buildPage(PAGE);
  const context = await browser.newContext({ viewport: DESKTOP, locale: 'en-GB' });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (fault) => complaints.push(fault.message));
  page.on('console', (line) => {
    // refused requests are part of the walk, and a sandboxed mail may not run anything
    if (line.type() !== 'error' || /status of [45]\d\d|sandboxed/.test(line.text())) return;
    complaints.push(line.text());
  });
  await page.goto(`${api.base}/admin/#token=${api.token}`);
  return {
    ...{ dir, api, page, complaints, stop },
    async open(name) {
      const link = page.getByTestId(`to-${name}`);
      const menu = page.getByTestId('menu');
      // on a phone the list of pages is folded; which it is shows once the page is there
      await link.or(menu).filter({ visible: true }).first().waitFor();
      const isFolded = !(await link.isVisible());
      if (isFolded) await menu.click();
      await link.click();
      // until it has folded again, the next page's link seems to be there
      if (isFolded) await link.waitFor({ state: 'hidden' });
    },
    async shot(name) {
      await page.screenshot({ path: join(SHOTS, `admin-${name}.png`), fullPage: true });
    },
    overflow: () =>
      page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      ),
  };
}

async function startProcess(given: object) {
  const ports = { host: '127.0.0.1', httpPort: 0, enrolPort: 0, mqttPort: 0 };
  const options = { ...ports, tenantName: 'Theater De Kade', ...given };
  const cloud: ChildProcess = spawn(process.execPath, [RUN, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: cloud.stdout as NodeJS.ReadableStream });
  for await (const line of lines) {
    const base = READY.exec(line)?.[1];
    if (base) return { process: cloud, base };
  }
  throw new Error('the cloud did not start');
}

/** The body of an answer that must have this status. */
export function need({ status, body }: Answer, expected: number): Answer['body'] {
  if (status !== expected) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

/** A guest who has logged in by a mailed link and verified a number; no mail or SMS goes out. */
export async function verifiedGuest(api: Api, email: string, phone: string): Promise<void> {
  const cookies = new Map<string, string>();
  let csrf = '';
  const call = async (path: string, body: unknown) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(`${api.base}/account/api/v1${path}`, {
      method: 'POST',
      headers: {
        ...{ 'content-type': 'application/json', origin: api.base, cookie },
        ...(csrf === '' ? {} : { 'x-csrf-token': csrf }),
      },
      body: JSON.stringify(body),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
      cookies.set(name, value);
    }
    const said = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${JSON.stringify(said)}`);
    csrf = said.session?.csrf ?? said.csrf ?? csrf;
  };
  await call('/login-link', { email, language: 'en' });
  const mails = need(await api.call('GET', '/mail/outbox?limit=1'), 200).mails;
  const { mail } = need(await api.call('GET', `/mail/outbox/${mails[0].id}`), 200);
  await call('/links/use', { link: /#([\w-]{43})/.exec(mail.html)?.[1] });
  await call('/phone', { phone });
  const { messages } = need(await api.call('GET', '/sms/outbox'), 200);
  await call('/phone/verify', { code: /\b\d{6}\b/.exec(messages[0].text)?.[0] });
}

/** A secure performance in a small hall, on sale. */
export async function secureShow(api: Api): Promise<string> {
  const production = need(await api.call('POST', '/productions', { title: 'Hamlet' }), 201).id;
  const starts = Date.now() + 40 * 60_000;
  const given = { production, hall: 'Grote zaal', starts, secure: true };
  const { id } = need(await api.call('POST', '/performances', given), 201);
  const seats = Array.from({ length: 40 }, (_, n) => ({
    ...{ rank: n < 20 ? 'a' : 'b', row: 'ABCD'[Math.floor(n / 10)] },
    ...{ number: String((n % 10) + 1), line: Math.floor(n / 10), place: n % 10 },
  }));
  const ranks = [
    { id: 'a', name: 'Parterre' },
    { id: 'b', name: 'Balkon' },
  ];
  const plan = need(await api.call('POST', '/halls', { name: 'Grote zaal', ranks, seats }), 201).id;
  need(await api.call('PATCH', `/performances/${id}/sale`, { plan, open: false }), 200);
  const prices = [
    { rank: 'a', cents: 3_250 },
    { rank: 'b', cents: 2_450 },
  ];
  const types = [
    { name: 'Regular', kind: 'normal', prices },
    { name: 'Student', kind: 'discount', prices: [{ rank: 'b', cents: 1_500 }] },
  ];
  need(await api.call('PUT', `/performances/${id}/ticket-types`, { types }), 200);
  need(await api.call('PATCH', `/performances/${id}/sale`, { open: true }), 200);
  return id;
}
