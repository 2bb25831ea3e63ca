import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock as cloudClock, createCloud } from '@gatehouse/cloud';
import { createGateway, GatewayConfig, systemClock, systemIds } from '@gatehouse/gateway';
import { simulatedArduino } from '@gatehouse/hardware/simulated';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PATIENCE_MS } from '../scripts/patience.ts';
import { HOOK_SECRET, missingPebble, type Pebble, startPebble } from '../scripts/pebble.ts';
import { qrPicture } from './enrol.ts';

/** A gateway with an empty disk, from the picture of its code until it is revoked. */
const HOUR = 3_600_000;
const silent = { info() {}, warn() {}, error() {} };
const data = mkdtempSync(join(tmpdir(), 'gatehouse-fleet-'));
const pins = { button: 11 };
const board = simulatedArduino({ path: 'tcp://127.0.0.1:0', pins });
/** How long a button is held before it counts; a tenth of it here. */
const HELD_MS = 10_000;
const clock = {
  ...systemClock,
  setTimeout: (run: () => void, ms: number) =>
    systemClock.setTimeout(run, ms === HELD_MS ? ms / 10 : ms),
};
const cloud = createCloud({
  ...{ dataDir: join(data, 'cloud'), host: '127.0.0.1', httpPort: 0, enrolPort: 0, mqttPort: 0 },
  ...{ clock: cloudClock, random: randomBytes, log: silent },
});
const picture = join(data, 'gatehouse.png');
let gateway: ReturnType<typeof createGateway>;
let port = 0;
let restarts = 0;
const missing = missingPebble();
if (missing) console.log(`SKIPPED a public name for the pages: ${missing}`);
let pebble: Pebble | undefined;

test.before(async () => {
  await cloud.start();
  if (!missing) {
    pebble = await startPebble();
    const { directory, ca: caCertificate, hook } = pebble;
    const settings = { domain: 'gate.kade.example', directory, caCertificate, hook };
    await api('PUT', '/page-names/settings', {
      settings: { ...settings, contact: null, waitSeconds: 0, agreed: true },
      secret: HOOK_SECRET,
    });
  }
  const path = await board.start();
  const config = GatewayConfig.parse({
    ...{ data: join(data, 'gateway'), configPicture: picture, web: { port: 0, https: true } },
    ...{ peers: { enabled: false }, lanes: [{ turnstile: { kind: 'arduino', path, pins } }] },
  });
  gateway = createGateway({
    ...{ config, clock, ids: systemIds, random: Math.random, log: silent },
    hardware: 'test',
    onRestart: () => {
      restarts += 1;
    },
  });
  port = await gateway.start();
});

test.after(async () => {
  await gateway.stop();
  await pebble?.stop();
  await cloud.stop();
  await board.stop();
  rmSync(data, { recursive: true, force: true });
});

async function api(method: string, path: string, body?: object) {
  const token = readFileSync(join(data, 'cloud', 'admin-token'), 'utf8').trim();
  const response = await fetch(`http://127.0.0.1:${cloud.ports().http}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  assert.ok(response.ok, `${path} ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Follows what people should look at until the cloud stops; the newest list. */
const seen: { list: string[] | undefined; lists: number } = { list: undefined, lists: 0 };
async function followAlerts(): Promise<void> {
  const token = readFileSync(join(data, 'cloud', 'admin-token'), 'utf8').trim();
  const { body } = await fetch(`http://127.0.0.1:${cloud.ports().http}/api/v1/alerts/stream`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body as ReadableStream<Uint8Array>) {
    const events = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      const told = /^event: alerts\n.*\ndata: (.*)$/.exec(event)?.[1];
      if (told === undefined) continue;
      seen.lists += 1;
      seen.list = JSON.parse(told).alerts.map(({ alert }: { alert: string }) => alert);
    }
  }
}

const row = async () => (await api('GET', '/gateways')).gateways[0];

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    assert.ok(Date.now() < end, `never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const order = async (what: string, lane?: string) => {
  const { id } = await row();
  return api('POST', `/gateways/${id}/commands`, { do: what, ...(lane ? { lane } : {}) });
};

test('whoever follows the alerts hears at once how things are', async () => {
  followAlerts().catch(() => undefined);
  await until('told', () => seen.list !== undefined);
  assert.equal(seen.list, []);
  assert.equal(await api('GET', '/alerts'), { n: 0, alerts: [] });
});

test('a gateway reads its picture, shows its key, and waits for a person', async () => {
  const { text } = await api('POST', '/config-codes', {
    ...{ name: 'Main', venue: 'theatre', entrance: 'front', language: 'en', halls: [] },
    lanes: [{ name: 'Lane 1', direction: 'entry', staffed: false }],
    ...{ uses: 1, expires: Date.now() + HOUR },
  });
  writeFileSync(picture, await qrPicture(text));
  await until('configured', () => gateway.status().gateway.state === 'configured');
  await until('it knows that it waits', () => gateway.status().gateway.accepted === false);
  await until('it is told', () => seen.list?.includes('waiting') === true);
  const { id, standing, keyMark, alerts } = await row();
  assert.is(standing, 'waiting');
  assert.is(keyMark, gateway.status().gateway.keyMark);
  assert.ok(alerts.includes('waiting'));
  await api('POST', `/gateways/${id}/accept`);
  await until('it is accepted', () => gateway.status().gateway.accepted === true);
  await until('it has tickets', () => gateway.status().tickets.cursor !== null);
  assert.is((await row()).standing, 'active');
  await until('it waits no more', () => seen.list?.includes('waiting') === false);
});

(missing ? test.skip : test)('its pages get a public name that any browser trusts', async () => {
  const { id } = await row();
  const name = `${id}.gate.kade.example`;
  await until('it has a name', async () => {
    const { names } = await api('GET', '/page-names');
    return names[0]?.name === name && names[0].state === 'ready';
  });
  const ca = await pebble?.root();
  await until('its pages show it', () => trusted({ ca, servername: name }));
  assert.not(await trusted({ servername: name }), 'by nobody else');
  const proofs = pebble?.told.filter(({ type, action }) => type === 'TXT' && action === 'set');
  assert.equal(
    proofs?.map((one) => one.name),
    [`_acme-challenge.${name}`],
  );
});

/** Whether whoever trusts this authority gets an answer by this name. */
function trusted(options: { ca?: string | undefined; servername: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const asking = request({ ...options, host: '127.0.0.1', port, path: '/status', agent: false });
    asking.on('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asking.on('error', () => resolve(false));
    asking.end();
  });
}

test('a configuration goes down, is applied and stays; a broken one changes nothing', async () => {
  const { id, configuration } = await row();
  const change = { ...configuration, name: 'North door', language: 'nl' };
  assert.equal(await api('PUT', `/gateways/${id}/configuration`, change), { version: 2 });
  await until('applied', async () => (await row()).applied === 2);
  await until('idle', () => gateway.status().lanes[0]?.state === 'idle');
  await until('named', () => gateway.status().gateway.name === 'North door');
  const other = { ...change, version: 2, hardware: { profile: 'serial-relay' } };
  await api('PUT', `/gateways/${id}/configuration`, other);
  await until('refused', async () => (await row()).refused !== null);
  const { refused, applied } = await row();
  assert.equal([refused.version, refused.code, applied], [3, 'configuration-hardware', 2]);
  await until('it is told', () => seen.list?.includes('configuration-refused') === true);
  assert.is(gateway.status().lanes[0]?.state, 'idle');
});

test('a lane is closed and opened from afar, and the gateway restarted; a test needs somebody there', async () => {
  const [lane] = (await row()).lanes;
  assert.equal(await order('close', lane.lane), { done: true });
  await until('closed', () => gateway.status().lanes[0]?.state === 'closed');
  assert.equal(await order('test-pulse', lane.lane), { done: false, code: 'command-not-armed' });
  gateway.arming.arm();
  assert.equal(await order('test-pulse', lane.lane), { done: true });
  gateway.arming.disarm();
  board.press(true);
  await until('its button was held', () => gateway.arming.armed);
  board.press(false);
  gateway.arming.disarm();
  assert.equal(await order('open', 'nowhere'), { done: false, code: 'command-lane-unknown' });
  assert.equal(await order('open'), { done: true });
  await until('open', () => gateway.status().lanes[0]?.state === 'idle');
  assert.equal(await order('restart'), { done: true });
  await until('told to begin anew', () => restarts === 1);
});

test('a revoked gateway is out within seconds and says so', async () => {
  const { id } = await row();
  await api('POST', `/gateways/${id}/revoke`);
  await until('away', async () => !(await row()).online);
  await until('it says why', () => gateway.status().gateway.code === 'gateway-revoked');
  await until('nobody need look at it any more', () => seen.list?.length === 0);
  assert.ok(seen.lists > 3);
});

test.run();
