import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock as cloudClock, createCloud } from '@gatehouse/cloud';
import {
  createGateway,
  GatewayConfig,
  setDevicePin,
  systemClock,
  systemIds,
} from '@gatehouse/gateway';
import { simulatedArduino } from '@gatehouse/hardware/simulated';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PATIENCE_MS } from '../scripts/patience.ts';
import { qrPicture } from './enrol.ts';
import { pairedHandheld } from './test/handheld.ts';

/** People of the cloud's list at a real gateway's handheld, and what they do there in the cloud. */
const HOUR = 3_600_000;
const PIN = '804211';
const silent = { info() {}, warn() {}, error() {} };
const data = mkdtempSync(join(tmpdir(), 'gatehouse-door-staff-'));
const board = simulatedArduino({ path: 'tcp://127.0.0.1:0' });
const cloud = createCloud({
  ...{ dataDir: join(data, 'cloud'), host: '127.0.0.1', httpPort: 0, enrolPort: 0, mqttPort: 0 },
  ...{ clock: cloudClock, random: randomBytes, log: silent },
});
let gateway: ReturnType<typeof createGateway>;
let performance = '';
let lead = { id: '', pin: '' };
let handheld: Awaited<ReturnType<typeof pairedHandheld>>;

async function send(url: string, method: string, headers: Record<string, string>, body?: object) {
  const json: Record<string, string> = body ? { 'content-type': 'application/json' } : {};
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(url, { method, headers: { ...headers, ...json }, ...sent });
  const text = await answer.text();
  const said = text === '' ? {} : JSON.parse(text);
  return { status: answer.status, body: said };
}

async function api(method: string, path: string, body?: object) {
  const token = readFileSync(join(data, 'cloud', 'admin-token'), 'utf8').trim();
  const url = `http://127.0.0.1:${cloud.ports().http}/api/v1${path}`;
  const { status, body: said } = await send(
    url,
    method,
    { authorization: `Bearer ${token}` },
    body,
  );
  assert.ok(status < 300, `${path} ${status} ${JSON.stringify(said)}`);
  return said;
}

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    assert.ok(Date.now() < end, `never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const scan = async (code: string) => {
  const scanId = systemIds.scan();
  const { body } = await handheld.page('POST', 'handheld/scan', { scanId, code, source: 'camera' });
  return { scanId, body };
};
const scans = async () => (await api('GET', `/scans?performance=${performance}`)).scans;

test.before(async () => {
  await cloud.start();
  const path = await board.start();
  const picture = join(data, 'gatehouse.png');
  const folder = join(data, 'gateway');
  const config = GatewayConfig.parse({
    ...{ data: folder, configPicture: picture, web: { port: 0 }, peers: { enabled: false } },
    lanes: [{ turnstile: { kind: 'arduino', path } }],
  });
  const { text } = await api('POST', '/config-codes', {
    ...{ name: 'Main', venue: 'theatre', entrance: 'front', language: 'en', halls: [] },
    lanes: [{ name: 'Lane 1', direction: 'entry', staffed: false }],
    ...{ uses: 1, expires: Date.now() + HOUR, waiveMinutes: 60 },
  });
  writeFileSync(picture, await qrPicture(text));
  const production = (await api('POST', '/productions', { title: 'The Seagull' })).id;
  const evening = { production, hall: 'main', starts: Date.now() };
  performance = (await api('POST', '/performances', evening)).id;
  for (const code of ['GUEST-1', 'GUEST-2', 'GUEST-3', 'GUEST-4']) {
    await api('POST', `/performances/${performance}/tickets`, { code });
  }
  mkdirSync(folder, { recursive: true });
  await setDevicePin(folder, PIN, silent);
  gateway = createGateway({
    ...{ config, clock: systemClock, ids: systemIds, random: Math.random, log: silent },
    hardware: 'test',
  });
  const port = await gateway.start();
  await until('tickets are here', () => gateway.status().tickets.count === 4);
  handheld = await pairedHandheld(`http://127.0.0.1:${port}`, PIN);
});

test.after(async () => {
  await gateway.stop();
  await cloud.stop();
  await board.stop();
  rmSync(data, { recursive: true, force: true });
});

test('somebody put on the list in the cloud identifies at a paired handheld within seconds', async () => {
  const noor = { name: 'Noor', code: '21', role: 'lead' };
  const { person, pin } = await api('POST', '/door-staff/theatre/people', noor);
  lead = { id: person.id, pin };
  const identify = () => handheld.page('POST', 'identify', { code: '21', pin });
  await until('she is known', async () => (await identify()).status === 200);
});

test('a group and an override stand in the cloud with the staff id and without a name', async () => {
  const group = {
    scans: ['GUEST-2', 'GUEST-3'].map((code) => ({ scanId: systemIds.scan(), code })),
  };
  const told = await handheld.page('POST', 'handheld/group', group);
  assert.is(told.status, 200, JSON.stringify(told.body));
  const first = await scan('GUEST-1');
  assert.is(first.body.verdict.key, 'ok', JSON.stringify(first.body));
  const again = await scan('GUEST-1');
  const asked = { scanId: systemIds.scan(), of: { scan: again.scanId }, reason: 'Name checked' };
  const { body } = await handheld.page('POST', 'handheld/override', asked);
  assert.is(body.verdict?.key, 'override', JSON.stringify([again.body, body]));
  type Scan = { verdict: string | null; result: string };
  const overridden = ({ verdict }: Scan) => verdict === 'override';
  // Who passed is told at once; how it was decided follows with the journal.
  await until('all four are in the cloud, and how they were decided', async () => {
    const told: Scan[] = await scans();
    return told.filter(({ result }) => result === 'passed').length === 4 && told.some(overridden);
  });
  const row = (await scans()).find(overridden);
  assert.is(row.details.by, lead.id);
  assert.is(row.conflict, true);
  const { conflicts } = await api('GET', '/conflicts');
  assert.is(conflicts.length, 1);
  assert.is(conflicts[0].matter, 'double');
});

test('a handheld that is unpaired in the cloud is let in no more', async () => {
  const list = async () => (await api('GET', '/door-staff/theatre')).handhelds;
  await until('the beat names it', async () => (await list()).length === 1);
  assert.is((await list())[0].handheld, handheld.id);
  await api('POST', `/door-staff/theatre/handhelds/${handheld.id}/unpair`);
  await until(
    'it is out',
    async () => (await handheld.page('GET', 'handheld/state')).status >= 400,
  );
  assert.is((await list()).length, 0);
});

test.run();
