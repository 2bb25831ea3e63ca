import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCloud, systemClock } from '@gatehouse/cloud';
import { type GatewayStatus, setDevicePin } from '@gatehouse/gateway';
import { forgetEnrolment } from '@gatehouse/provisioning';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser } from '../../scripts/browser.ts';
import { freePort } from '../../scripts/free-port.ts';
import { buildPage, isStale } from '../../scripts/pages.ts';
import { PATIENCE_MS } from '../../scripts/patience.ts';
import { keptChild } from '../child.ts';
import { type Entrance, simulatedEntrance } from '../entrance.ts';
import { openLogFile } from '../log-file.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PAGES = [
  join(ROOT, 'cloud', 'web'),
  join(ROOT, 'gateway', 'web', 'handheld'),
  join(ROOT, 'gateway', 'web', 'technician'),
];
const SHOTS = join(ROOT, 'test-output');
const HOST = '127.0.0.1';
const silent = { info() {}, warn() {}, error() {} };

export const DESKTOP = { viewport: { width: 1280, height: 900 } };
export const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 };
export const DEVICE_PIN = '246810';

/** A cloud, a gateway process with an empty disk, its lane, and browsers before both. */
export interface FleetHouse {
  readonly admin: string;
  /** Where the gateway's own pages are. */
  readonly local: string;
  readonly token: string;
  readonly entrance: Entrance;
  /** What pages have said that they should not; empty at the end. */
  readonly complaints: string[];
  /** Starts the gateway's process; resolves when it can be asked. */
  startGateway(): Promise<void>;
  /** Stops it, has it forget which entrance it is, and starts it again. */
  resetGateway(): Promise<void>;
  /** What the gateway tells its own screens. */
  status(): Promise<GatewayStatus>;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the API answers
  call(method: string, path: string, body?: unknown): Promise<any>;
  page(options?: BrowserContextOptions): Promise<Page>;
  shot(page: Page, name: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startFleetHouse(): Promise<FleetHouse> {
  mkdirSync(SHOTS, { recursive: true });
  for (const page of PAGES) if (await isStale(page)) await buildPage(page);
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-fleet-way-'));
  const cloud = createCloud({
    ...{ dataDir: join(dir, 'cloud'), host: HOST, tenantName: 'Theater De Kade' },
    ...{ httpPort: 0, enrolPort: 0, mqttPort: 0 },
    ...{ clock: systemClock, random: randomBytes, log: silent },
  });
  await cloud.start();
  const base = `http://${HOST}:${cloud.ports().http}`;
  const token = (await readFile(join(dir, 'cloud', 'admin-token'), 'utf8')).trim();
  const gate = await gateOn(dir);
  const { browser } = await launchBrowser();
  const complaints: string[] = [];
  return {
    ...{ admin: `${base}/admin/`, local: gate.base, token, entrance: gate.entrance, complaints },
    startGateway: gate.start,
    resetGateway: gate.reset,
    status: gate.status,
    async call(method, path, body) {
      const headers = new Headers({ authorization: `Bearer ${token}` });
      if (body !== undefined) headers.set('content-type', 'application/json');
      const answer = await fetch(`${base}/api/v1${path}`, {
        ...{ method, headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return text === '' ? undefined : JSON.parse(text);
    },
    async page(options = DESKTOP) {
      const context = await (browser as Browser).newContext({ locale: 'en-GB', ...options });
      const page = await context.newPage();
      page.on('pageerror', (fault) => complaints.push(fault.message));
      page.on('console', (line) => {
        // refused requests and a gateway that begins anew are part of the way
        const isWay = /status of [45]\d\d|ERR_|EventSource/.test(line.text());
        if (line.type() === 'error' && !isWay) complaints.push(line.text());
      });
      return page;
    },
    async shot(page, name) {
      await page.screenshot({ path: join(SHOTS, `fleet-${name}.png`), fullPage: true });
    },
    async stop() {
      await browser?.close();
      await gate.stop();
      await cloud.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A gateway's process with one lane, its camera and its turnstile. */
async function gateOn(dir: string) {
  const entrance = simulatedEntrance({ onGate: () => undefined, onPerson: () => undefined }, 5);
  const port = await freePort();
  const data = join(dir, 'gateway');
  mkdirSync(data, { mode: 0o700 });
  // the one thing that whoever installs a gateway gives it
  await setDevicePin(data, DEVICE_PIN, silent as never);
  const file = join(dir, 'gateway.json');
  const lanes = [await entrance.start()];
  const config = { data, web: { host: HOST, port }, peers: { enabled: false }, lanes };
  writeFileSync(file, JSON.stringify(config));
  const log = openLogFile(join(dir, 'gateway.log'));
  const child = keptChild({
    args: [join('bin', 'gatehouse.ts'), 'gateway', '--config', file],
    ...{ cwd: ROOT, ready: /^gateway ready /, log, onChange: () => undefined },
  });
  const base = `http://${HOST}:${port}`;
  const status = async () => {
    const answer = await fetch(`${base}/status`);
    return (await answer.json()) as GatewayStatus;
  };
  const start = async () => {
    child.start();
    await until('the gateway answers', () =>
      status().then(
        () => true,
        () => false,
      ),
    );
  };
  return {
    ...{ entrance, base, status, start },
    async reset() {
      await child.stop();
      await forgetEnrolment(data);
      await until('it is down', () =>
        status().then(
          () => false,
          () => true,
        ),
      );
      await start();
    },
    async stop() {
      await child.stop();
      await entrance.stop();
      log.close();
    },
  };
}

export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; !(await holds()); ) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((again) => setTimeout(again, 50));
  }
}
