import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { TicketsPage } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type House, startHouse } from '../test/house.ts';
import { ending, newScanId } from '../test/phone.ts';
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

test('secure tickets are not sent down, and their changes still move the cursor', async () => {
  const page = ticketPages(house.store);
  const { id } = await house.perform({ secure: true });
  const before = page({ requestId: randomUUID(), cursor: null, limit: 10 });
  await house.ticketing.addTicket(id, order);
  const after = page({ requestId: randomUUID(), cursor: before.cursor, limit: 10 });
  assert.equal(after.tickets, []);
  assert.ok(after.cursor > before.cursor);
  assert.is(after.performances.length, 2);
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

test.run();
