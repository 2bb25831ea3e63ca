import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCloud, systemClock } from '@gatehouse/cloud';
import { type GatewayStatus, type LaneView, setDevicePin } from '@gatehouse/gateway';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { SMTPServer } from 'smtp-server';
import { launchBrowser } from '../../scripts/browser.ts';
import { buildPage, isStale, pageFolders } from '../../scripts/pages.ts';
import { PATIENCE_MS } from '../../scripts/patience.ts';
import { cable } from '../cable.ts';
import { type Child, keptChild } from '../child.ts';
import { qrPicture } from '../enrol.ts';
import { type Entrance, simulatedEntrance } from '../entrance.ts';
import { gatewayFeed } from '../gateway-feed.ts';
import { openLogFile } from '../log-file.ts';
import { insidePorts } from '../ports.ts';
import { pairedHandheld } from './handheld.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SHOTS = join(ROOT, 'test-output');
const HOST = '127.0.0.1';
/** Of the gateway's technician. */
const DEVICE_PIN = '804211';
/** What is shown again sooner is the same showing to a lane. */
const TAKEN_AWAY_MS = 1_800;

/** Who gets these walks on. */
const GREEN = ['ok', 'pass-use'];

const silent = { info() {}, warn() {}, error() {} } as never;

/** A whole evening: the cloud on a clock that moves, a gateway process, mail, a browser. */
export interface Night {
  /** Everything of it is below; the cloud's in `cloud`. */
  readonly dir: string;
  readonly base: string;
  readonly token: string;
  /** Source of each mail that came, without soft line breaks. */
  readonly mails: readonly string[];
  readonly entrance: Entrance;
  readonly gateway: Child;
  /** What cloud and gateway have logged. */
  logged(): Promise<string>;
  now(): number;
  /** Moves the cloud's clock. */
  move(milliseconds: number): void;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the API answers
  call(method: string, path: string, body?: unknown): Promise<any>;
  visitor(options?: BrowserContextOptions): Promise<Page>;
  shot(page: Page, name: string): Promise<void>;
  /** Starts the gateway; resolves when its lane takes guests and the cloud answers. */
  openGate(): Promise<void>;
  /** Holds a picture to the camera; gives the lane's answer. */
  show(picture: Uint8Array): Promise<string>;
  status(): GatewayStatus | undefined;
  /** A handheld that is paired with the gateway. */
  handheld(): ReturnType<typeof pairedHandheld>;
  /** Cuts the gateway off from the cloud, and plugs it in again. */
  cut(): Promise<void>;
  plug(): Promise<void>;
  stop(): Promise<void>;
}

/** @param behind by how much the cloud's clock is behind this machine's */
export async function startNight(behind: number): Promise<Night> {
  mkdirSync(SHOTS, { recursive: true });
  for (const page of await pageFolders()) if (await isStale(page)) await buildPage(page);
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-night-'));
  const ports = await insidePorts(undefined, dir);
  const clock = movedClock(-behind);
  const lines: string[] = [];
  const note = (fields: object, text: string) => void lines.push(JSON.stringify([fields, text]));
  const cloud = createCloud({
    ...{ dataDir: join(dir, 'cloud'), host: HOST, tenantName: 'Theater De Kade' },
    ...{ httpPort: ports.cloud, enrolPort: ports.enrol, mqttPort: ports.mqtt },
    mqttPublicUrl: `mqtts://${HOST}:${ports.cable}`,
    ...{ demonstration: true, clock, random: randomBytes },
    log: { info: note, warn: note, error: note },
  });
  await cloud.start();
  const base = `http://${HOST}:${ports.cloud}`;
  const token = (await readFile(join(dir, 'cloud', 'admin-token'), 'utf8')).trim();
  const wire = cable({ port: ports.cable, to: ports.mqtt });
  await wire.start();
  const post = await mailServer();
  const { browser } = await launchBrowser();
  const gate = await gateOn(dir, ports.gateway);
  const call = caller(base, token);
  const server = { host: HOST, port: post.port, tls: 'none', user: null, replyTo: null };
  const from = { name: 'Theater De Kade', address: 'kaarten@kade.example' };
  const theater = { naam: 'Theater De Kade', adres: '', telefoon: '', email: '', website: '' };
  await call('PUT', '/mail/settings', {
    server: { ...server, from, caCertificate: null },
    theater,
  });

  return {
    dir,
    ...{ base, token, call, mails: post.mails, entrance: gate.entrance, gateway: gate.process },
    now: () => clock.now(),
    move: (milliseconds) => clock.move(milliseconds),
    logged: async () => lines.join('\n') + (await readFile(gate.log, 'utf8')),
    async visitor(options = {}) {
      const look = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, locale: 'en-GB' };
      const page = await (await (browser as Browser).newContext({ ...look, ...options })).newPage();
      return page;
    },
    async shot(page, name) {
      await page.screenshot({ path: join(SHOTS, `evening-${name}.png`) });
    },
    async openGate() {
      gate.process.start();
      await until('the gateway answers', () => gate.status() !== undefined);
      if (gate.status()?.gateway.state !== 'configured') await configure(call, gate);
      await until('the gateway is connected', () => gate.status()?.uplink === 'connected');
      await until('the lane is idle', () => gate.lane()?.state === 'idle');
    },
    show: gate.show,
    status: gate.status,
    handheld: () => pairedHandheld(gate.base, DEVICE_PIN),
    cut: () => wire.cut(),
    plug: () => wire.plug(),
    async stop() {
      await browser?.close();
      await gate.stop();
      await cloud.stop();
      await Promise.all([wire.stop(), post.stop()]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** This machine's time, moved; what only rises begins where this machine's is. */
function movedClock(from: number) {
  let moved = 0;
  return {
    ...systemClock,
    now: () => systemClock.now() + from + moved,
    monotonic: () => systemClock.monotonic() + moved,
    move(milliseconds: number) {
      moved += milliseconds;
    },
  };
}

/** A gateway process with one lane, its camera and its turnstile. */
async function gateOn(dir: string, port: number) {
  const entrance = simulatedEntrance({ onGate: () => undefined, onPerson: () => undefined }, 5);
  const config = {
    ...{ data: 'gateway', web: { host: HOST, port }, peers: { port: 0, mdns: false } },
    lanes: [await entrance.start()],
  };
  writeFileSync(join(dir, 'gateway.json'), JSON.stringify(config));
  mkdirSync(join(dir, 'gateway'), { mode: 0o700 });
  await setDevicePin(join(dir, 'gateway'), DEVICE_PIN, silent);
  const base = `http://${HOST}:${port}`;
  let status: GatewayStatus | undefined;
  let lane: LaneView | undefined;
  const log = join(dir, 'gateway.log');
  const lines = openLogFile(log);
  const process = keptChild({
    args: [join('bin', 'gatehouse.ts'), 'gateway', '--config', join(dir, 'gateway.json')],
    ...{ cwd: ROOT, ready: /^gateway ready /, log: lines },
    onChange: ({ state }) => {
      if (state !== 'running') status = lane = undefined;
    },
  });
  const feed = gatewayFeed({
    base,
    onStatus(next) {
      status = next;
      lane ??= next.lanes[0];
    },
    onEvent(event) {
      if (event.type === 'lane') lane = event;
      if (event.type === 'gateway' && status) status = { ...status, gateway: event };
      if (event.type === 'uplink' && status) status = { ...status, uplink: event.state };
    },
  });
  feed.start();
  return {
    ...{ base, entrance, process, log },
    status: () => status,
    lane: () => lane,
    async show(picture: Uint8Array) {
      await until('the lane is idle', () => lane?.state === 'idle');
      const { scanId: before, reads } = lane as LaneView;
      // it stays in front of the camera until the lane has answered
      entrance.hold(picture, PATIENCE_MS);
      const isNew = () => lane?.scanId !== before || lane?.reads !== reads;
      await until(
        'the lane answers',
        () => isNew() && lane?.state !== 'deciding' && !!lane?.verdict,
      );
      entrance.takeAway();
      const { key } = (lane as LaneView).verdict as { key: string };
      if (!GREEN.includes(key)) await new Promise((done) => setTimeout(done, TAKEN_AWAY_MS));
      return key;
    },
    async stop() {
      await feed.stop();
      await process.stop();
      await entrance.stop();
      lines.close();
    },
  };
}

/** Shows a gateway its config code, as a technician does. */
async function configure(
  call: Night['call'],
  { entrance, status }: Pick<Awaited<ReturnType<typeof gateOn>>, 'entrance' | 'status'>,
): Promise<void> {
  const { text } = await call('POST', '/config-codes', {
    ...{ name: 'Main door', venue: 'De Kade', entrance: 'main', language: 'en', halls: [] },
    lanes: [{ name: 'Lane 1', direction: 'entry', staffed: true }],
    ...{ uses: 1, expires: Date.now() + 3_600_000, waiveMinutes: 60 },
  });
  await until('the camera looks', () => entrance.hold(Buffer.alloc(0), 1) > 0);
  entrance.hold(await qrPicture(text), PATIENCE_MS);
  // Held there till it is done: a claim that got no answer is made again from a new reading.
  await until(
    'the gateway is configured',
    () => status()?.gateway.state === 'configured',
    () => JSON.stringify(status()?.gateway),
  );
  entrance.takeAway();
}

function caller(base: string, token: string): Night['call'] {
  return async (method, path, body) => {
    const answer = await fetch(`${base}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
}

/** A mail server on this machine that takes everything. */
async function mailServer() {
  const mails: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, _session, taken) {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        const source = Buffer.concat(pieces).toString('utf8');
        mails.push(source.replace(/=\r?\n/g, '').replace(/=3D/g, '='));
        taken();
      });
    },
  });
  await new Promise<void>((done) => server.listen(0, HOST, done));
  const { port } = server.server.address() as { port: number };
  const stop = () => new Promise<void>((done) => server.close(done));
  return { mails, port, stop };
}

/** @param instead says what is there, if it never comes to it */
export async function until(
  what: string,
  done: () => boolean | Promise<boolean>,
  instead = () => '',
): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; !(await done()); ) {
    if (Date.now() > end) throw new Error(`never: ${what} ${instead()}`);
    await new Promise((again) => setTimeout(again, 20));
  }
}
