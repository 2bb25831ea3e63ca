import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCloud, systemClock } from '@gatehouse/cloud';
import { simulatedArduino } from '@gatehouse/hardware/simulated';
import { claimEntrance, loadEnrolment, renewCertificate } from '@gatehouse/provisioning';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** The power goes while a certificate is renewed and while a configuration is taken over. */
const HOUR = 3_600_000;
const WAIT_MS = 30_000;
const ROOT = join(import.meta.dirname, '..');
const silent = { info() {}, warn() {}, error() {} };
const data = mkdtempSync(join(tmpdir(), 'gatehouse-killed-'));
const own = join(data, 'gateway');
const board = simulatedArduino({ path: 'tcp://127.0.0.1:0' });
const cloud = createCloud({
  ...{ dataDir: join(data, 'cloud'), host: '127.0.0.1', httpPort: 0, enrolPort: 0, mqttPort: 0 },
  ...{ clock: systemClock, random: randomBytes, log: silent },
});
let running: ChildProcess | undefined;

test.before(async () => {
  await cloud.start();
  const path = await board.start();
  const { text } = await api('POST', '/config-codes', {
    ...{ name: 'Main', venue: 'theatre', entrance: 'front', language: 'en', halls: [] },
    lanes: [{ name: 'Lane 1', direction: 'entry', staffed: false }],
    ...{ uses: 1, expires: Date.now() + HOUR, waiveMinutes: 60 },
  });
  await claimEntrance({
    ...{ configText: text, dataDir: own, hardware: 'x', software: 'x' },
    clock: { now: () => Date.now() },
  });
  const lanes = [{ turnstile: { kind: 'arduino', path } }];
  const config = { data: own, web: { port: 0 }, peers: { enabled: false }, lanes };
  writeFileSync(join(data, 'gateway.json'), JSON.stringify(config));
});
test.after(async () => {
  await kill();
  await Promise.all([cloud.stop(), board.stop()]);
  rmSync(data, { recursive: true, force: true });
});

async function api(method: string, path: string, body?: object) {
  const token = readFileSync(join(data, 'cloud', 'admin-token'), 'utf8').trim();
  const headers = new Headers({ authorization: `Bearer ${token}` });
  if (body) headers.set('content-type', 'application/json');
  const answer = await fetch(`http://127.0.0.1:${cloud.ports().http}/api/v1${path}`, {
    ...{ method, headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${path} ${answer.status} ${text}`);
  return JSON.parse(text);
}

const row = async () => (await api('GET', '/gateways')).gateways[0];
const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + WAIT_MS; !(await holds()); await pause(50)) {
    assert.ok(Date.now() < end, `never: ${what}`);
  }
}

/** Starts a program; resolves when it has said something of its work. */
async function start(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] });
  running = child;
  await once(child.stdout as NodeJS.ReadableStream, 'data');
}

async function kill(): Promise<void> {
  if (running?.exitCode !== null || running.signalCode !== null) return;
  const gone = once(running, 'exit');
  running.kill('SIGKILL');
  await gone;
}

async function configured() {
  const kept = await loadEnrolment(own);
  if (kept.state !== 'configured') throw new Error('it is not configured any more');
  return kept;
}

test('killed while it renews, a device has the old certificate or the new one, and renews again', async () => {
  for (const wait of [0, 3, 9, 21]) {
    await start([join('demo', 'test', 'renew-forever.ts'), own]);
    await pause(wait);
    await kill();
    assert.ok((await renewCertificate(await configured(), 'test'))?.certificate);
  }
});

test('killed while it changes, a gateway has the one configuration or the other, and takes the newest', async () => {
  const begin = () =>
    start([join('bin', 'gatehouse.ts'), 'gateway', '--config', join(data, 'gateway.json')]);
  await begin();
  await until('it is online', async () => (await row()).online);
  for (const wait of [0, 15, 60]) {
    const { id, configuration } = await row();
    const { version } = configuration;
    await until('it runs the newest', async () => (await row()).applied === version);
    await api('PUT', `/gateways/${id}/configuration`, { ...configuration, name: `Door ${wait}` });
    await pause(wait);
    await kill();
    const { enrolment } = await configured();
    const found = enrolment.configuration;
    assert.ok([version, version + 1].includes(found.version), `${found.version}`);
    assert.is(found.name === `Door ${wait}`, found.version === version + 1);
    await begin();
    await until('it took the newest', async () => {
      const { applied, online } = await row();
      return online && applied === version + 1;
    });
  }
  assert.is((await row()).refused, null);
});

test.run();
