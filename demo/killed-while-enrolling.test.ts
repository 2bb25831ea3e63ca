import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCloud, systemClock } from '@gatehouse/cloud';
import { claimEntrance, loadEnrolment } from '@gatehouse/provisioning';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** The power goes, or an answer is lost, at each step of an enrolment; one cloud for all. */
const HOUR = 3_600_000;
const KEY = 'device-key.pem';
const ENROLMENT = 'enrolment.json';
const write = (file: string) =>
  ['write', 'half', 'rename', 'flush'].map((step) => `${step} ${file}`);
/** In order, so that a step that is added without a test of it fails here. */
const CLAIM = [
  ...['look', 'ask tenant', 'hear tenant'],
  ...write(KEY),
  ...['ask claim', 'hear claim'],
  ...write(ENROLMENT),
  'end',
];
const RENEWAL = [
  'look',
  'ask renew',
  'hear renew',
  ...write(ENROLMENT),
  ...write(ENROLMENT),
  'end',
];
const RESET = [ENROLMENT, KEY].flatMap((file) => [`remove ${file}`, `flush ${file}`]).concat('end');
/** The rename makes it a gateway; what follows only makes sure of it. */
const CONFIGURED_FROM = CLAIM.indexOf(`flush ${ENROLMENT}`);
const PROGRAM = join(import.meta.dirname, 'test', 'device.ts');
const PRELOAD = join(import.meta.dirname, 'test', 'power-cut.ts');
const silent = { info() {}, warn() {}, error() {} };
const data = mkdtempSync(join(tmpdir(), 'gatehouse-enrolling-'));
const cloud = createCloud({
  ...{ dataDir: join(data, 'cloud'), host: '127.0.0.1', httpPort: 0, enrolPort: 0, mqttPort: 0 },
  ...{ clock: systemClock, random: randomBytes, log: silent },
});

test.before(() => cloud.start());
test.after(async () => {
  await cloud.stop();
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
  assert.ok(answer.ok, `${path} ${answer.status}`);
  return answer.json();
}

/** A code for one device, and what the cloud keeps of it. */
async function code() {
  const { id, text } = await api('POST', '/config-codes', {
    ...{ name: 'Main', venue: 'theatre', entrance: 'front', language: 'en', halls: [] },
    lanes: [{ name: 'Lane 1', direction: 'entry', staffed: false }],
    ...{ uses: 1, expires: Date.now() + HOUR },
  });
  const kept = async (): Promise<number> => {
    const { configCodes } = await api('GET', '/config-codes');
    return configCodes.find((one: { id: string }) => one.id === id).reserved;
  };
  return { text: text as string, kept };
}

interface Environment {
  readonly CUT?: string;
  readonly LOSE?: string;
  readonly POINTS?: string;
}

/** A process of its own; what it has said, and whether its power went. */
async function device(env: Environment, ...args: readonly string[]) {
  const child = spawn(process.execPath, ['--import', PRELOAD, PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env, NODE_COMPILE_CACHE: join(data, 'cache') },
  });
  let said = '';
  child.stdout.on('data', (text) => (said += text));
  const [status, signal] = await once(child, 'close');
  return { said: said.trim().split('\n'), status, wasCut: signal === 'SIGKILL' };
}

/** As whoever stands there does it: the same code once more. */
async function again(dir: string, configText: string): Promise<string> {
  const clock = { now: () => Date.now(), trusted: false };
  const { gateway } = await claimEntrance({
    ...{ configText, dataDir: dir, clock, hardware: 'test', software: '0.1.0' },
  });
  assert.is((await loadEnrolment(dir)).state, 'configured');
  assert.equal(readdirSync(dir).sort(), [KEY, ENROLMENT].sort(), 'nothing half written is left');
  return gateway;
}

/** Each case is a process: two at a time keep two cores busy. */
async function each<T>(cases: readonly T[], run: (one: T, at: number) => Promise<void>) {
  const waiting = [...cases.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await run(next[1], next[0]);
  };
  await Promise.all([work(), work()]);
}

const uncut = join(data, 'uncut');

test('the lists of steps above are the whole of a claim, a renewal and a reset', async () => {
  const [claimed, spare] = [await code(), join(data, 'reset')];
  const POINTS = '1';
  assert.equal((await device({ POINTS }, uncut, 'claim', claimed.text)).said, CLAIM);
  assert.equal((await device({ POINTS }, uncut, 'renew')).said, RENEWAL);
  await again(spare, (await code()).text);
  assert.equal((await device({ POINTS }, spare, 'reset')).said, RESET);
});

test('the power may go at any step of a claim: configured or not, never between, for one use', () =>
  each(CLAIM, async (CUT, step) => {
    const dir = join(data, `claim-${step}`);
    const { text, kept } = await code();
    assert.ok((await device({ CUT }, dir, 'claim', text)).wasCut, CUT);
    const { state } = await loadEnrolment(dir);
    assert.is(state, step >= CONFIGURED_FROM ? 'configured' : 'unconfigured', CUT);
    assert.is(await kept(), step >= CLAIM.indexOf('hear claim') ? 1 : 0, CUT);
    await again(dir, text);
    assert.is(await kept(), 1, CUT);
  }));

test('an answer that is lost is asked for again; lost each time, the device says so and is whole', () =>
  each(['tenant:1', 'claim:1', 'tenant:9', 'claim:9'], async (LOSE, n) => {
    const dir = join(data, `lost-${n}`);
    const { text, kept } = await code();
    const { said, status } = await device({ LOSE }, dir, 'claim', text);
    const { state } = await loadEnrolment(dir);
    const isOnce = LOSE.endsWith(':1');
    assert.is(status, isOnce ? 0 : 1, LOSE);
    assert.equal(said, [isOnce ? '' : 'server-unreachable'], LOSE);
    assert.is(state, isOnce ? 'configured' : 'unconfigured', LOSE);
    await again(dir, text);
    assert.is(await kept(), 1, LOSE);
  }));

test('cut or unheard while it renews, a device has the old certificate or the new one', async () => {
  const cuts = RENEWAL.map((point, i) => (RENEWAL.indexOf(point) < i ? `${point}#2` : point));
  const serial = async () => {
    const kept = await loadEnrolment(uncut);
    if (kept.state !== 'configured') throw new Error('it is not configured any more');
    return kept.notes.next?.certificate ?? kept.enrolment.certificate;
  };
  let before = await serial();
  const newFrom = cuts.indexOf(`flush ${ENROLMENT}`);
  // In turn: they are one device.
  for (const CUT of cuts.slice(cuts.indexOf('hear renew'), newFrom + 2)) {
    assert.ok((await device({ CUT }, uncut, 'renew')).wasCut, CUT);
    const now = await serial();
    assert.is(now !== before, cuts.indexOf(CUT) >= newFrom, CUT);
    before = now;
  }
  const lost = await device({ LOSE: 'renew:9' }, uncut, 'renew');
  assert.equal(lost.said, ['server-unreachable']);
  assert.is(await serial(), before);
  assert.is((await device({}, uncut, 'renew')).status, 0);
});

test('cut while it is reset, a device is configured or not, and takes a code again', () =>
  each(RESET, async (CUT, step) => {
    const dir = join(data, `reset-${step}`);
    await again(dir, (await code()).text);
    assert.ok((await device({ CUT }, dir, 'reset')).wasCut, CUT);
    const { state } = await loadEnrolment(dir);
    assert.is(state, step > 0 ? 'unconfigured' : 'configured', CUT);
    if (step > 0) await again(dir, (await code()).text);
  }));

test.run();
