import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCloud, systemClock } from '@gatehouse/cloud';
import type { GatewayStatus } from '@gatehouse/gateway';
import { simulatedArduino, simulatedScanner } from '@gatehouse/hardware/simulated';
import { loadEnrolment } from '@gatehouse/provisioning';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PATIENCE_MS } from '../scripts/patience.ts';

/**
 * One gateway, as it ships, from an empty disk to its third configuration; its power goes at each
 * step that changes what it is. Each test goes on where the one before stopped.
 */
const HOUR = 3_600_000;
/** Longer than a place is kept for a device that does not come. */
const LATE_MS = 16 * 60_000;
const ROOT = join(import.meta.dirname, '..');
const PRELOAD = join(import.meta.dirname, 'test', 'power-cut.ts');
const ENROLMENT = 'enrolment.json';
const PORT = 'tcp://127.0.0.1:0';
const silent = { info() {}, warn() {}, error() {} };
const data = mkdtempSync(join(tmpdir(), 'gatehouse-killed-'));
const own = join(data, 'gateway');
const board = simulatedArduino({ path: PORT });
const scanner = simulatedScanner(PORT);
let late = 0;
const clock = { ...systemClock, now: () => systemClock.now() + late };
const cloud = createCloud({
  ...{ dataDir: join(data, 'cloud'), host: '127.0.0.1', httpPort: 0, enrolPort: 0, mqttPort: 0 },
  ...{ clock, random: randomBytes, log: silent },
});
let running: ChildProcess | undefined;
let page = '';
let code = '';

test.before(async () => {
  await cloud.start();
  const turnstile = { kind: 'arduino', path: await board.start() };
  const scanners = [{ profile: 'generic', path: await scanner.start() }];
  const lanes = [{ turnstile, scanners }];
  const config = { data: own, web: { port: 0 }, peers: { enabled: false }, lanes };
  writeFileSync(join(data, 'gateway.json'), JSON.stringify(config));
  code = (
    await api('POST', '/config-codes', {
      ...{ name: 'Main', venue: 'theatre', entrance: 'front', language: 'en', halls: [] },
      lanes: [{ name: 'Lane 1', direction: 'entry', staffed: false }],
      ...{ uses: 1, expires: Date.now() + 2 * HOUR, waiveMinutes: 60 },
    })
  ).text;
});
test.after(async () => {
  if (running?.exitCode === null && running.signalCode === null) {
    const gone = once(running, 'exit');
    running.kill('SIGKILL');
    await gone;
  }
  await Promise.all([cloud.stop(), board.stop(), scanner.stop()]);
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
const uses = async () => {
  const [{ used, reserved }] = (await api('GET', '/config-codes')).configCodes;
  return { used, reserved };
};
const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; !(await holds()); await pause(50)) {
    assert.ok(Date.now() < end, `never: ${what}`);
  }
}

/** Starts the gateway; resolves when it can be asked. @param CUT the point at which its power goes */
async function start(CUT = ''): Promise<void> {
  const program = [join('bin', 'gatehouse.ts'), 'gateway', '--config', join(data, 'gateway.json')];
  const child = spawn(process.execPath, ['--import', PRELOAD, ...program], {
    ...{ cwd: ROOT, env: { ...process.env, CUT } },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  running = child;
  let said = '';
  child.stdout.on('data', (text) => (said += text));
  await until(
    `it is ready or gone at ${CUT}`,
    async () => /^gateway ready \S+$/m.test(said) || isGone(),
  );
  page = /^gateway ready (\S+)$/m.exec(said)?.[1] ?? '';
}

const isGone = () => running?.signalCode === 'SIGKILL';
const gone = (where: string) => until(`the power goes at ${where}`, async () => isGone());

/** What it shows on its screens. */
async function shown(): Promise<GatewayStatus['gateway']> {
  return ((await (await fetch(`${page}/status`)).json()) as GatewayStatus).gateway;
}

/** Holds the code to its scanner until the power goes. */
async function read(where: string): Promise<void> {
  await until('the scanner is plugged in', async () => scanner.connections > 0);
  await until(`the power goes at ${where}`, async () => {
    if (isGone()) return true;
    const { state } = await shown().catch(() => ({ state: 'claiming' }));
    if (state === 'unconfigured') await scanner.type(code);
    return isGone();
  });
}

async function configured() {
  const kept = await loadEnrolment(own);
  if (kept.state !== 'configured') throw new Error('it is not configured');
  return kept;
}

test('cut while it enrols, it starts unconfigured and takes the code again, for one use', async () => {
  for (const CUT of ['ask claim', 'hear claim', `rename ${ENROLMENT}`]) {
    await start(CUT);
    assert.equal(await shown(), { type: 'gateway', state: 'unconfigured' }, CUT);
    await read(CUT);
    assert.is((await loadEnrolment(own)).state, 'unconfigured', CUT);
    assert.equal(await uses(), { used: 0, reserved: CUT === 'ask claim' ? 0 : 1 }, CUT);
  }
  const CUT = `flush ${ENROLMENT}`;
  await start(CUT);
  await read(CUT);
  assert.is((await configured()).notes.active, false);
  assert.equal(await uses(), { used: 0, reserved: 1 });
});

test('come too late, it is unconfigured again and says why; cut meanwhile, it is so at the next start', async () => {
  late = LATE_MS;
  const forget = `remove ${ENROLMENT}`;
  await start(forget);
  await gone(forget);
  assert.is((await loadEnrolment(own)).state, 'configured', 'it asks once more');
  const CUT = `rename ${ENROLMENT}#2`;
  await start(CUT);
  await until('it says why', async () => (await shown()).code === 'reservation-lapsed');
  assert.is((await loadEnrolment(own)).state, 'unconfigured');
  assert.equal(await uses(), { used: 0, reserved: 0 });
  await read(CUT);
  assert.is((await configured()).notes.active, false, 'it has not kept that it has connected');
  assert.equal(await uses(), { used: 1, reserved: 0 }, 'and the cloud counts it');
});

test('cut while it changes, it has the one configuration or the other, and takes the newest', async () => {
  const change = async (name: string) => {
    const { id, configuration } = await row();
    await api('PUT', `/gateways/${id}/configuration`, { ...configuration, name });
  };
  const kept = async () => {
    const { enrolment, notes } = await configured();
    return [enrolment.configuration.version, notes.before?.version];
  };
  // The first write of this start keeps that it has connected.
  await start(`rename ${ENROLMENT}#2`);
  await until('it is online', async () => (await row()).online && (await row()).applied === 1);
  await change('Second');
  await gone('the new one is written');
  assert.equal(await kept(), [1, undefined]);
  await start(`flush ${ENROLMENT}`);
  await gone('the new one is on its disk');
  assert.equal(await kept(), [2, 1], 'it is tried, and the former one is still there');
  await start(`rename ${ENROLMENT}`);
  await gone('the new one has started');
  assert.equal(await kept(), [2, 1]);
  await start(`rename ${ENROLMENT}#3`);
  await until('it runs the second', async () => (await row()).applied === 2);
  await change('Third');
  await gone('the third has started');
  assert.equal(await kept(), [3, 2]);
  await start();
  await until('it runs the third', async () => (await row()).online && (await row()).applied === 3);
  await until('nothing is left to go back to', async () => (await kept())[1] === undefined);
  assert.is((await shown()).state, 'configured');
  assert.is((await row()).refused, null);
  assert.equal(await uses(), { used: 1, reserved: 0 });
});

test.run();
