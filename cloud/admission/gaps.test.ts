import type { JournalBody, JournalGap, JournalRow } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { listGaps, listParked } from '../conflicts/parked-store.ts';
import { createRetention, KEPT_MS } from '../retention.ts';
import { type House, startHouse } from '../test/house.ts';
import { journalWriter } from '../test/journal.ts';
import { newScanId, stampOf } from '../test/phone.ts';
import type { ToldAlarm } from './alarm.ts';

const GATE = 'gate-1';
let house: House;
let alarms: ToldAlarm[];

test.before.each(async () => {
  house = await startHouse();
  alarms = [];
  house.validator.alarms.subscribe((alarm) => alarms.push(alarm));
});
test.after.each(() => house.stop());

const send = (epoch: string, rows: readonly (JournalRow | undefined)[], gateway = GATE) =>
  house.validator.journal(gateway, { epoch, rows: rows as JournalRow[] });
const place = () => ({ lane: 'lane-1', at: stampOf(house.clock), cursor: 1 });
const event = (): JournalBody => ({ kind: 'event', event: 'tailgate', ...place() });
const refusal = (): JournalBody => ({
  kind: 'refusal',
  scanId: newScanId(),
  ...place(),
  verdict: { key: 'unknown', details: {} },
  decidedBy: 'gateway',
});
const gapOf = (gap: JournalGap): JournalBody => ({
  kind: 'event',
  event: 'gap',
  code: 'journal-damaged',
  gap,
  ...place(),
});
/** Ten rows of a run; what is missing of them is never sent. */
function run(body = event) {
  const writer = journalWriter();
  return Array.from({ length: 10 }, () => writer.write(body()));
}
const lose = (from: number, to: number): JournalGap => ({ epoch: 'a', from, to, why: 'missing' });
const scans = async () => (await house.store.db.selectFrom('scans').select('n').execute()).length;
const at = { offset: 0, limit: 100 };

test('step 8: rows behind a gap are taken, and acknowledged once the gap has been told', async () => {
  const rows = run();
  assert.is((await send('a', rows.slice(0, 3))).upTo, 3);
  assert.is((await send('a', rows.slice(6))).upTo, 3, 'nobody has said why 4 to 6 are missing');
  assert.equal(await send('b', [journalWriter().write(gapOf(lose(4, 6)))]), {
    epoch: 'b',
    upTo: 1,
    parked: [],
  });
  assert.equal(await send('a', rows.slice(6)), { epoch: 'a', upTo: 10, parked: [] });
  const { n, ...alarm } = alarms[0] as ToldAlarm;
  assert.equal(alarm, { code: 'journal-gap', gateway: GATE, ...lose(4, 6) });
  assert.equal([n, alarms.length], [1, 1]);
  assert.equal(house.log.codes(), ['journal-gap']);
  const [gap] = await listGaps(house.store);
  assert.equal(
    [gap?.gateway, gap?.epoch, gap?.from, gap?.to, gap?.why],
    [GATE, 'a', 4, 6, 'missing'],
  );
  assert.equal(await listGaps(house.store, 'another'), []);
});

test('rows before a gap may still be on their way when it is told', async () => {
  const rows = run();
  await send('b', [journalWriter().write(gapOf(lose(4, 6)))]);
  assert.is((await send('a', rows.slice(0, 2))).upTo, 2);
  assert.is((await send('a', rows.slice(6))).upTo, 2);
  assert.is((await send('a', rows.slice(2, 3))).upTo, 10);
});

test('the chain is checked up to a gap and from the first row behind it', async () => {
  const rows = run();
  const strangers = run();
  await send('b', [journalWriter().write(gapOf(lose(4, 6)))]);
  await send('a', rows.slice(0, 3));
  const mixed = [...rows.slice(6, 8), ...strangers.slice(8)];
  assert.equal(await send('a', mixed), { epoch: 'a', upTo: 10, parked: [9] });
});

test('what the cloud has is no gap; of the rest only what it lacks is shown', async () => {
  const rows = run();
  const writer = journalWriter();
  await send('a', rows.slice(0, 5));
  await send('b', [writer.write(gapOf(lose(1, 4)))]);
  assert.equal([alarms, await listGaps(house.store)], [[], []]);
  await send('b', [writer.write(gapOf(lose(3, 7)))]);
  await send('b', [writer.write(gapOf(lose(3, 7)))]);
  assert.equal(
    (await listGaps(house.store)).map(({ from, to }) => [from, to]),
    [[6, 7]],
  );
  assert.is(alarms.length, 1, 'and once only');
  assert.is((await send('a', rows.slice(7))).upTo, 10);
});

test('rows of a gap that the cloud has already keep their place', async () => {
  const rows = run();
  await send('a', [...rows.slice(0, 3), rows[5], ...rows.slice(8)]);
  await send('b', [journalWriter().write(gapOf(lose(4, 8)))]);
  assert.is((await send('a', rows.slice(9))).upTo, 10);
  assert.equal(await listParked(house.store, at), []);
});

test('a row that comes later for a declared gap is kept, parked as a fork and not counted', async () => {
  const rows = run(refusal);
  await send('a', [...rows.slice(0, 3), ...rows.slice(6)]);
  await send('b', [journalWriter().write(gapOf(lose(4, 6)))]);
  const before = await scans();
  assert.equal(await send('a', rows.slice(3, 6)), { epoch: 'a', upTo: 10, parked: [4, 5, 6] });
  assert.equal(await send('a', rows.slice(3, 6)), { epoch: 'a', upTo: 10, parked: [] });
  assert.is(await scans(), before);
  const parked = await listParked(house.store, at);
  assert.equal(
    parked.map(({ seq, reason, other }) => [seq, reason, other]),
    [
      [6, 'fork', null],
      [5, 'fork', null],
      [4, 'fork', null],
    ],
  );
  assert.equal(parked[0]?.body, rows[5]?.body);
});

test('a late row of a gap is no step for the head, also before the head is there', async () => {
  const rows = run();
  await send('b', [journalWriter().write(gapOf(lose(4, 6)))]);
  assert.equal((await send('a', rows.slice(4, 5))).parked, [5]);
  assert.equal(await send('a', [...rows.slice(0, 3), ...rows.slice(6)]), {
    epoch: 'a',
    upTo: 10,
    parked: [],
  });
});

test('a gateway speaks of its own journal only', async () => {
  const rows = run();
  await send('a', [...rows.slice(0, 3), ...rows.slice(6)]);
  await send('b', [journalWriter().write(gapOf(lose(4, 6)))], 'gate-2');
  assert.is((await send('a', rows.slice(9))).upTo, 3);
});

test('a fork is shown with both digests and both times', async () => {
  const one = journalWriter().write(event());
  const other = journalWriter().write(refusal());
  await send('a', [one]);
  house.clock.move(60_000);
  await send('a', [other]);
  const [fork] = await listParked(house.store, at);
  assert.equal(
    [fork?.reason, fork?.digest, fork?.other?.digest],
    ['fork', other.digest, one.digest],
  );
  assert.ok((fork?.received ?? 0) >= (fork?.other?.received ?? 0) + 60_000);
  assert.is(alarms[0]?.code, 'journal-row-parked');
});

test('pruning goes on behind a gap, and a late row of it is kept all the same', async () => {
  const rows = run();
  await send('a', [...rows.slice(3)]);
  await send('b', [journalWriter().write(gapOf(lose(1, 3)))]);
  assert.is((await send('a', rows.slice(9))).upTo, 10);
  house.clock.move(KEPT_MS.journal + 1_000);
  const { store, clock, log } = house;
  assert.is((await createRetention({ store, clock, log }).round()).journal, 8);
  assert.equal((await send('a', rows.slice(1, 2))).parked, [2]);
});

test.run();
