import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cloud, createCloud, systemClock } from '@gatehouse/cloud';
import { claimEntrance, loadEnrolment } from '@gatehouse/provisioning';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../scripts/free-port.ts';
import { makeGuests } from './guests.ts';
import { type BenchLane, openLane } from './lane.ts';
import type { BenchCloud } from './venue.ts';

const HOUR = 3_600_000;
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-offline-'));
const silent = { info() {}, warn() {}, error() {} };
let cloud: Cloud;
let mqttPort: number;
let lane: BenchLane;
let secure: string;

/** The same cloud again, on the port that its gateways know. */
async function startCloud(): Promise<void> {
  cloud = createCloud({
    ...{ dataDir: join(folder, 'cloud'), host: '127.0.0.1', httpPort: 0, enrolPort: 0, mqttPort },
    ...{ clock: systemClock, random: randomBytes, log: silent },
  });
  await cloud.start();
}

const api: BenchCloud['api'] = async <T>(method: string, path: string, body?: unknown) => {
  const token = (await readFile(join(folder, 'cloud', 'admin-token'), 'utf8')).trim();
  const headers: Record<string, string> = { authorization: `Bearer ${token}` };
  if (body !== undefined) headers['content-type'] = 'application/json';
  const url = `http://127.0.0.1:${cloud.ports().http}/api/v1${path}`;
  const payload = body === undefined ? null : JSON.stringify(body);
  const response = await fetch(url, { method, headers, body: payload });
  assert.ok(response.ok, `${method} ${path} ${response.status}`);
  return (await response.json()) as T;
};

test.before(async () => {
  mqttPort = await freePort();
  await startCloud();
  const { id: production } = await api<{ id: string }>('POST', '/productions', { title: 'Night' });
  const times = { starts: Date.now() + HOUR / 2, ends: Date.now() + 6 * HOUR };
  const body = { production, hall: 'Main', ...times, secure: true, offline: 'verify' };
  secure = (await api<{ id: string }>('POST', '/performances', { ...body, offlineCap: 2 })).id;
  const { text } = await api<{ text: string }>('POST', '/config-codes', {
    ...{ name: 'Gate', venue: 'house', entrance: 'main', language: 'en', halls: [] },
    lanes: [{ name: 'Lane 1', direction: 'entry', staffed: false }],
    ...{ uses: 1, expires: Date.now() + HOUR, waiveMinutes: 60 },
  });
  const dataDir = join(folder, 'gateway');
  const about = { hardware: 'test', software: 'test', clock: { now: () => Date.now() } };
  await claimEntrance({ configText: text, dataDir, ...about });
  const kept = await loadEnrolment(dataDir);
  if (kept.state !== 'configured') throw new Error('not configured');
  lane = await openLane(kept, dataDir);
});
test.after(async () => {
  await lane.entrance.stop();
  await cloud.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('S13: a cloud that is down, guests admitted by proof and share, all of it there after', async () => {
  const guests = await makeGuests({ secure, api } as BenchCloud, 3);
  const [first, second, third] = guests;
  if (!first || !second || !third) throw new Error('no guests');
  await lane.until(({ tickets }) => tickets.count === 3);
  await first.code();
  await synced();
  await cloud.stop();
  await lane.until(({ uplink }) => uplink === 'away');
  await lane.scan(await first.code());
  await lane.scan(await second.code());
  assert.is(await refusal(await third.code()), 'needs-connection', 'the share is used up');
  await startCloud();
  await lane.until(({ uplink, queue }) => uplink === 'connected' && queue === 0);
  const { scans } = await api<{ scans: Scan[] }>('GET', `/scans?performance=${secure}`);
  const passed = scans.filter(({ result }) => result === 'passed');
  assert.equal(
    passed.map(({ verdict, conflict, ticket }) => [verdict, conflict, ticket]).sort(),
    [first, second].map(({ ticket }) => ['offline', false, ticket]).sort(),
  );
  const { used } = await api<{ used: number }>('GET', `/performances/${secure}`);
  assert.is(used, 2);
});

interface Scan {
  readonly verdict: string;
  readonly result: string | null;
  readonly conflict: boolean;
  readonly ticket: string;
}

/** Resolves once the gateway has all that the cloud has: with one more ticket it has what was before. */
async function synced(): Promise<void> {
  const { count } = lane.entrance.status().tickets;
  await api('POST', `/performances/${secure}/tickets`, {});
  await lane.until(({ tickets }) => tickets.count > count);
}

async function refusal(code: string): Promise<string | undefined> {
  const at = performance.now();
  lane.entrance.read(0, { code, raw: code, symbology: 'QRCode', source: 'scanner', at, took: 0 });
  await lane.until(({ lanes }) => lanes[0]?.verdict !== undefined && lanes[0].state === 'idle');
  return lane.entrance.status().lanes[0]?.verdict?.key;
}

test.run();
