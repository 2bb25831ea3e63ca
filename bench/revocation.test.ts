import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeGuests } from './guests.ts';
import { type BenchLane, openLane } from './lane.ts';
import { type BenchCloud, startCloud } from './venue.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-revocation-'));
let cloud: BenchCloud;
let lane: BenchLane;

test.before(async () => {
  cloud = await startCloud(folder);
  const dataDir = join(folder, 'gateway');
  lane = await openLane(await cloud.enrol(dataDir), dataDir);
  await lane.until(({ uplink }) => uplink === 'connected');
});
test.after(async () => {
  await lane.entrance.stop();
  await cloud.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Waits until the gateway's store is at a change after the one it is at while `work` is done. */
async function synced(work: () => Promise<unknown>): Promise<void> {
  const before = lane.entrance.status().tickets.cursor ?? 0;
  await work();
  await lane.until(({ tickets }) => (tickets.cursor ?? 0) > before);
}

/** The verdict on a code that is refused. */
async function refusal(code: string): Promise<string | undefined> {
  const at = performance.now();
  lane.entrance.read(0, { code, raw: code, symbology: 'QRCode', source: 'scanner', at, took: 0 });
  await lane.until(({ lanes }) => lanes[0]?.verdict !== undefined && lanes[0].state === 'idle');
  return lane.entrance.status().lanes[0]?.verdict?.key;
}

test('a block that has reached an online gateway is applied before its next decision', async () => {
  const path = `/performances/${cloud.regular}/tickets`;
  const ticket = await cloud.api<{ id: string; code: string }>('POST', path, {});
  // With it the store has all that changed before.
  await lane.until(({ tickets }) => tickets.count === 1);
  await synced(() => cloud.api('PATCH', `/tickets/${ticket.id}`, { status: 'blocked' }));
  assert.is(await refusal(ticket.code), 'blocked');
  await synced(() => cloud.api('PATCH', `/tickets/${ticket.id}`, { status: 'valid' }));
  const other = await cloud.api<{ code: string }>('POST', path, {});
  await lane.until(({ tickets }) => tickets.count === 2);
  assert.ok((await lane.scan(other.code)) >= 0, 'the next guest goes through');
});

test('a taken-back secure ticket is refused from the answer of the request on', async () => {
  const [guest] = await makeGuests(cloud, 1);
  if (!guest) throw new Error('no guest');
  await cloud.api('PATCH', `/tickets/${guest.ticket}`, { status: 'taken-back' });
  assert.is(await refusal(await guest.code()), 'taken-back');
});

test.run();
