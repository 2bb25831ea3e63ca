import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  codeOf,
  EVENING,
  fill,
  page,
  performanceRow,
  scanIdOf,
  temporaryFolder,
  ticketRow,
  VENUE_KEY,
} from '../test/samples.ts';
import type { LocalPassage } from './passages.ts';
import { TicketStore } from './ticket-store.ts';

const newFile = () => join(temporaryFolder(), 'tickets.db');
const NONE: ReadonlySet<string> = new Set();
const scan = scanIdOf;

function passage(number: number, changes: Partial<LocalPassage> = {}): LocalPassage {
  return {
    ...{ scanId: scan(number), ticket: `ticket-${number}`, performance: 'evening' },
    ...{ direction: 'entry', lane: 'lane-1', at: EVENING + number, counts: true },
    ...changes,
  };
}

test('a passage here counts at once, and once, until and after the cloud’s row contains it', () => {
  const store = new TicketStore(newFile(), VENUE_KEY);
  fill(store, 3);
  store.passed(passage(1));
  store.passed(passage(1));
  const used = () => store.find(codeOf(1))?.used;
  assert.is(used(), 1);
  store.apply(page([ticketRow(store, 2)], { from: 1, cursor: 2 }), NONE);
  assert.is(used(), 1, 'a page that knows nothing of it changes nothing');
  const row = ticketRow(store, 1, { used: 1, scans: [scan(1)], inside: true });
  store.apply(page([row], { from: 2, cursor: 3 }), NONE);
  assert.is(used(), 1);
  assert.equal(store.uncounted(), []);
  store.close();
});

test('a passage that the cloud had taken is counted by the last page, named or not', () => {
  const store = new TicketStore(newFile(), VENUE_KEY);
  fill(store, 3);
  store.passed(passage(1));
  const taken = new Set([scan(1)]);
  const row = ticketRow(store, 1, { used: 1, uses: 20, scans: Array(8).fill(scan(99)) });
  store.apply(page([row], { from: 1, cursor: 2, more: true }), taken);
  assert.equal(store.uncounted(), [scan(1)], 'not before the store is where the cloud is');
  store.apply(page([], { from: 2, cursor: 3 }), taken);
  assert.equal(store.uncounted(), []);
  assert.is(store.find(codeOf(1))?.used, 1);
  store.close();
});

test('promise 2: a replay of the journal brings back what is missing and counts nothing twice', () => {
  const file = newFile();
  const first = new TicketStore(file, VENUE_KEY);
  fill(first, 3);
  first.passed(passage(1));
  first.passed(passage(2));
  const row = ticketRow(first, 1, { used: 1, uses: 20, scans: [scan(1)] });
  first.apply(page([row], { from: 1, cursor: 2 }), NONE);
  const eight = ticketRow(first, 1, { used: 9, uses: 20, scans: Array(8).fill(scan(99)) });
  first.apply(page([eight], { from: 2, cursor: 3 }), NONE);
  first.close();
  const second = new TicketStore(file, VENUE_KEY);
  second.restore([passage(1), passage(2), passage(3)]);
  assert.is(second.find(codeOf(1))?.used, 9, 'counted passages stay counted');
  assert.equal([second.find(codeOf(2))?.used, second.find(codeOf(3))?.used], [1, 1]);
  assert.equal(second.uncounted().sort(), [scan(2), scan(3)]);
  second.restore([]);
  second.close();
  const third = new TicketStore(file, VENUE_KEY);
  third.restore([passage(1)]);
  assert.is(third.find(codeOf(1))?.used, 10, 'forgotten once the journal let go of it');
  third.close();
});

test('a full sync keeps the old tickets good until its last page', () => {
  const store = new TicketStore(newFile(), VENUE_KEY);
  fill(store, 3);
  store.apply(page([ticketRow(store, 2), ticketRow(store, 4)], { cursor: 9, more: true }), NONE);
  assert.ok(store.find(codeOf(1)));
  store.apply(page([ticketRow(store, 3)], { from: 9, cursor: 10 }), NONE);
  assert.equal(
    [1, 2, 3, 4].map((n) => store.find(codeOf(n)) !== undefined),
    [false, true, true, true],
  );
  assert.equal(store.state(), { count: 3, cursor: 10 });
  store.close();
});

test('a page is taken in whole or not at all', () => {
  const store = new TicketStore(newFile(), VENUE_KEY);
  fill(store, 2);
  const broken = { ...ticketRow(store, 3), uses: 'many' as never };
  assert.throws(() => store.apply(page([ticketRow(store, 4), broken], { cursor: 5 }), NONE));
  assert.equal(store.state(), { count: 2, cursor: 1 });
  assert.is(store.find(codeOf(4)), undefined);
  store.close();
});

test('people inside are counted from rows and own passages together', () => {
  const store = new TicketStore(newFile(), VENUE_KEY);
  const rows = [1, 2, 3].map((n) => ticketRow(store, n, { inside: n === 1 }));
  store.apply(page(rows, { performances: [performanceRow({ capacity: 9 })] }), NONE);
  assert.is(store.occupancy('evening'), 1);
  store.passed(passage(2));
  store.passed(passage(2));
  assert.is(store.occupancy('evening'), 2);
  store.apply(page([ticketRow(store, 3, { inside: true })], { from: 1, cursor: 2 }), NONE);
  assert.is(store.occupancy('evening'), 3);
  store.passed(passage(9, { ticket: 'ticket-2', direction: 'exit', counts: false }));
  assert.is(store.occupancy('evening'), 2);
  assert.is(store.find(codeOf(2))?.inside, 0);
  store.close();
});

test('a pass is as many people inside as went in on it, by rows and own passages together', () => {
  const store = new TicketStore(newFile(), VENUE_KEY);
  const pass = ticketRow(store, 1, { uses: 5, used: 2, inside: true, people: 2 });
  store.apply(page([pass, ticketRow(store, 2)]), NONE);
  assert.is(store.occupancy('evening'), 2);
  for (const n of [7, 8]) store.passed(passage(n, { ticket: 'ticket-1' }));
  assert.is(store.occupancy('evening'), 4);
  store.passed(passage(9, { ticket: 'ticket-1', direction: 'exit', counts: false }));
  assert.is(store.occupancy('evening'), 3);
  assert.equal([store.find(codeOf(1))?.used, store.find(codeOf(1))?.inside], [4, 3]);
  const counted = { used: 4, people: 3, scans: [scan(7), scan(8), scan(9)] };
  store.apply(page([{ ...pass, ...counted }], { from: 1, cursor: 2 }), NONE);
  assert.equal([store.occupancy('evening'), store.find(codeOf(1))?.inside], [3, 3]);
  store.close();
});

test('tickets of another venue key are never used: the file is made anew', () => {
  const file = newFile();
  const own = new TicketStore(file, VENUE_KEY);
  fill(own, 2);
  own.close();
  const other = new TicketStore(file, Buffer.alloc(32, 8));
  assert.equal(other.state(), { count: 0, cursor: null });
  other.close();
  assert.not.ok(existsSync(`${file}.damaged`));
});

test('a damaged file is told as tickets-unreadable, moved aside and begun anew', () => {
  const file = newFile();
  writeFileSync(file, 'no database at all, and longer than its header would be'.repeat(100));
  const logged: object[] = [];
  const log = { info() {}, warn() {}, error: (fields: object) => logged.push(fields) };
  const store = new TicketStore(file, VENUE_KEY, log as never);
  assert.is((logged[0] as { code: string }).code, 'tickets-unreadable');
  assert.ok(existsSync(`${file}.damaged`));
  assert.is(store.state().cursor, null);
  store.close();
});

test('damage found while the doors are open loses no passage and closes no lane', () => {
  const file = newFile();
  const first = new TicketStore(file, VENUE_KEY);
  fill(first, 30_000);
  first.close();
  const store = new TicketStore(file, VENUE_KEY);
  store.passed(passage(1));
  const bytes = readFileSync(file);
  bytes.fill(0xa5, 40_000, bytes.length - 8_000);
  writeFileSync(file, bytes);
  for (let number = 1; number <= 30_000; number++) store.find(codeOf(number));
  assert.ok(existsSync(`${file}.damaged`));
  assert.equal(store.state(), { count: 0, cursor: null });
  fill(store, 5);
  assert.is(store.find(codeOf(1))?.used, 1);
  store.close();
});

test('damage found when the store is opened hinders no start', () => {
  const file = newFile();
  const first = new TicketStore(file, VENUE_KEY);
  fill(first, 4_000);
  first.close();
  const bytes = readFileSync(file);
  bytes.fill(0xa5, 4_096 * 2);
  writeFileSync(file, bytes);
  const store = new TicketStore(file, VENUE_KEY);
  store.restore([passage(1)]);
  fill(store, 5);
  assert.is(store.find(codeOf(1))?.used, 1);
  store.close();
});

test('100,000 tickets: taken in, opened and found without waiting', () => {
  const file = newFile();
  const store = new TicketStore(file, VENUE_KEY);
  const busy = () => process.cpuUsage().user / 1000;
  const began = busy();
  let half = 0;
  for (let from = 0; from < 100_000; from += 2_000) {
    if (from === 50_000) half = busy() - began;
    const rows = Array.from({ length: 2_000 }, (_, i) => ticketRow(store, from + i + 1));
    store.apply(page(rows, { from: from === 0 ? null : from, cursor: from + 2_000 }), NONE);
  }
  // the more it holds the longer an addition would take, if it looked at all of them
  const other = busy() - began - half;
  assert.ok(other < 3 * half, `${half} ms of a processor, then ${other} ms`);
  store.close();
  const again = new TicketStore(file, VENUE_KEY);
  assert.is(again.state().count, 100_000);
  for (let number = 1; number <= 100_000; number += 97) assert.ok(again.find(codeOf(number)));
  again.close();
});

test.run();
