import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { comparedLine, insideOf, TicketsPage } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type House, startHouse } from '../test/house.ts';
import { bindPhone, ending, newScanId, securePhone } from '../test/phone.ts';
import { BEACONS_AHEAD } from './beacons.ts';
import { SYNC_ROWS_MAX, ticketPages } from './sync-store.ts';

let house: House;
let performance: string;
test.before.each(async () => {
  house = await startHouse();
  performance = (await house.perform()).id;
});
test.after.each(() => house.stop());

const order = { status: 'valid' as const, uses: 1, entrances: [], label: {} };

test('pages never skip a change, whatever is written between them', async () => {
  const page = ticketPages(house.store);
  const known = new Map<string, string>();
  const ids: string[] = [];
  for (let n = 0; n < 10; n++) {
    ids.push((await house.ticketing.addTicket(performance, order)).id);
  }
  let cursor: number | null = null;
  for (let n = 0; n < 40; n++) {
    const got: TicketsPage = page({ requestId: randomUUID(), cursor, limit: 3 });
    assert.ok(TicketsPage.safeParse(got).success);
    for (const row of got.tickets) known.set(row.id, row.status);
    cursor = got.cursor;
    if (n < 10) {
      const status = n % 2 === 0 ? 'blocked' : 'unpaid';
      await Promise.all([
        house.ticketing.changeTicket(ids[n] as string, { status }),
        house.ticketing.addTicket(performance, order).then(({ id }) => ids.push(id)),
      ]);
    } else if (!got.more) break;
  }
  const rows = await house.store.db.selectFrom('tickets').select(['id', 'status']).execute();
  assert.equal(
    [...known].sort(),
    rows.map(({ id, status }) => [id, status] as [string, string]).sort(),
  );
});

test('a passage sends the ticket out again, with the scans that its count contains', async () => {
  const page = ticketPages(house.store);
  const { id } = await house.ticketing.addTicket(performance, order);
  const { cursor } = page({ requestId: randomUUID(), cursor: null, limit: 10 });
  const scanId = newScanId();
  const passed = ending(house.clock, scanId, 'passed', { ticket: id, performance });
  await house.validator.settle('gate-1', passed);
  const { tickets } = page({ requestId: randomUUID(), cursor, limit: 10 });
  assert.is(tickets.length, 1);
  assert.is(tickets[0]?.used, 1);
  assert.equal(tickets[0]?.scans, [scanId]);
  assert.is(tickets[0]?.lastUse?.lane, 'lane-1');
});

test('S13: where the cloud alone decides, secure tickets are not sent down, and still move the cursor', async () => {
  const page = ticketPages(house.store);
  const { id } = await house.perform({ secure: true });
  const before = page({ requestId: randomUUID(), cursor: null, limit: 10 });
  await house.ticketing.addTicket(id, order);
  const after = page({ requestId: randomUUID(), cursor: before.cursor, limit: 10 });
  assert.equal(after.tickets, []);
  assert.equal([after.secure, after.beacons], [[], []]);
  assert.ok(after.cursor > before.cursor);
  assert.is(after.performances.length, 2);
});

const ask = (cursor: number | null, limit = 10) =>
  ticketPages(house.store)({ requestId: randomUUID(), cursor, limit });

test('S13: verify sends keys, slots and beacons down, and every change of them', async () => {
  const { id } = await house.perform({ secure: true, offline: 'verify', offlineCap: 40 });
  const phone = await securePhone(house.ticketing, house.clock, id);
  const first = ask(null);
  assert.ok(TicketsPage.safeParse(first).success);
  assert.is(first.performances.find((one) => one.id === id)?.offlineCap, 40);
  const [row] = first.secure ?? [];
  assert.is(row?.generation, 1);
  assert.is(Buffer.from(row?.key ?? '', 'base64').length, 91);
  const beacon = await house.ticketing.beacons.current();
  const { index, value } = beacon;
  const told = new Map(first.beacons?.map((one) => [one.index, one.value]));
  assert.is(told.get(index), value);
  assert.ok(told.has(index + BEACONS_AHEAD), 'a gateway can be cut off for an hour');
  await bindPhone(house.ticketing, house.clock, phone.ticket);
  const second = ask(first.cursor);
  assert.is(second.secure?.[0]?.generation, 2);
  assert.is.not(second.secure?.[0]?.key, row?.key);
  const passed = ending(house.clock, newScanId(), 'passed', { ticket: phone.ticket, slot: 77 });
  await house.validator.settle('gate-1', { ...passed, performance: id });
  const [used] = ask(second.cursor).secure ?? [];
  assert.equal([used?.used, used?.burnt], [1, 77]);
});

test('tickets sold before the policy changed are sent when it does, page by page', async () => {
  const { id } = await house.perform({ secure: true });
  for (let n = 0; n < 7; n++) await securePhone(house.ticketing, house.clock, id);
  let { cursor } = ask(null);
  await house.ticketing.changePerformance(id, { offline: 'staff' });
  const seen = new Set<string>();
  for (let more = true; more; ) {
    const page = ask(cursor, 3);
    for (const { handle } of page.secure ?? []) seen.add(handle);
    assert.equal(page.beacons, [], 'a person needs none');
    ({ cursor, more } = page);
  }
  assert.is(seen.size, 7);
});

test('gateways are told when a beacon is renewed', async () => {
  let told = 0;
  const quiet = house.ticketing.onChange(() => told++);
  house.ticketing.stop();
  await house.ticketing.start();
  assert.is(told, 1);
  quiet();
});

test('a cursor from the future starts over, as after a restored backup', async () => {
  await house.ticketing.addTicket(performance, order);
  const got = ticketPages(house.store)({ requestId: randomUUID(), cursor: 9_999, limit: 10 });
  assert.is(got.from, null);
  assert.is(got.tickets.length, 1);
});

test('one page holds no more rows than scans can wait for', async () => {
  const rows = Array.from({ length: SYNC_ROWS_MAX + 1 }, (_, n) => `T-${n}\n`);
  const body = Readable.from(['code\n', ...rows]);
  await house.ticketing.importTickets(performance, body, 'csv');
  const got = ticketPages(house.store)({ requestId: randomUUID(), cursor: null, limit: 20_000 });
  assert.is(got.tickets.length, SYNC_ROWS_MAX);
  assert.is(got.more, true);
});

test('a store is compared with the cloud by the tickets’ lines, if nothing has changed since', async () => {
  const page = ticketPages(house.store);
  for (let n = 0; n < 3; n++) await house.ticketing.addTicket(performance, order);
  const { cursor, tickets } = page({ requestId: randomUUID(), cursor: null, limit: 10 });
  const line = (row: (typeof tickets)[number]) =>
    comparedLine({ ...row, name: row.digest, inside: insideOf(row) });
  const byId = [...tickets].sort((a, b) => (a.id < b.id ? -1 : 1));
  const compare = (rows: typeof tickets, more: object = {}) => {
    const hash = createHash('sha256').update(rows.map(line).join(''));
    const told = { after: '', upTo: null, count: rows.length, digest: hash.digest('hex') };
    const limit = 10;
    return page({ requestId: randomUUID(), cursor, limit, compare: { ...told, ...more } }).differs;
  };
  assert.is(compare(byId), false);
  assert.is(compare(byId.slice(0, 2), { upTo: byId[1]?.id as string }), false);
  assert.is(compare(byId.slice(1), { after: byId[0]?.id as string }), false);
  assert.is(compare(byId.slice(0, 2)), true, 'one is missing');
  assert.is(compare(byId.map((row) => ({ ...row, used: 1 }))), true);
  await house.ticketing.changeTicket(byId[0]?.id as string, { status: 'blocked' });
  assert.is(compare(byId), undefined, 'the store is behind: nothing can be said');
});

test.run();
