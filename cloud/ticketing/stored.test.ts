import { randomUUID } from 'node:crypto';
import { STORED_MAX, TicketsPage } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type House, startHouse } from '../test/house.ts';
import { journalWriter } from '../test/journal.ts';
import { admission, drain, sell } from '../test/offline.ts';
import { createTicketReads, ticketPages } from './sync-store.ts';

let house: House;
let performance: string;
test.before.each(async () => {
  house = await startHouse();
  performance = (await house.perform()).id;
});
test.after.each(() => house.stop());

const ask = (cursor: number | null = null, limit = 1_000) => {
  const page = ticketPages(house.store)({ requestId: randomUUID(), cursor, limit });
  assert.ok(TicketsPage.safeParse(page).success);
  return page;
};

test('a page says which rows of journals its tickets contain, the last moved first', async () => {
  const first = await sell(house, performance);
  const second = await sell(house, performance);
  const at = house.clock.now();
  const rows = [
    admission(first, { gateway: 'a', at }),
    admission(second, { gateway: 'b', at: at + 1 }),
  ] as const;
  for (const one of rows) await drain(house, one);
  const { stored, tickets } = ask();
  assert.equal(stored, [
    { gateway: 'b', epoch: rows[1].epoch, upTo: 2 },
    { gateway: 'a', epoch: rows[0].epoch, upTo: 2 },
  ]);
  assert.equal(
    tickets.map(({ used }) => used),
    [1, 1],
  );
});

test('only the last page of a question says it', async () => {
  for (let n = 0; n < 3; n++) await sell(house, performance);
  const first = ask(null, 2);
  assert.equal([first.more, first.stored], [true, undefined]);
  const last = ask(first.cursor, 2);
  assert.equal([last.more, last.stored], [false, []]);
});

test('a row is stored and its passage counted in one commit, or neither is', async () => {
  const ticket = await sell(house, performance);
  const rows = admission(ticket, { gateway: 'a', at: house.clock.now() });
  const reads = createTicketReads(house.store);
  const seen: unknown[] = [];
  const look = () => {
    const page = reads.page({ requestId: randomUUID(), cursor: null, limit: 10 });
    seen.push([page.tickets[0]?.used, page.stored?.[0]?.upTo]);
  };
  const { batch } = house.store;
  Object.assign(house.store, {
    batch: (work: Parameters<typeof batch>[0]) =>
      batch((inner) => {
        const result = work(inner);
        look();
        return result;
      }),
  });
  // The head moves last: by then the passage has been counted.
  house.store
    .prepare(
      `create temp trigger fail before insert on journal_heads begin
       select raise(abort, 'broken'); end`,
    )
    .run();
  const stored = await drain(house, rows).then(
    () => true,
    () => false,
  );
  house.store.prepare('drop trigger fail').run();
  look();
  assert.is(stored, false);
  await drain(house, rows);
  look();
  assert.equal(seen.at(-1), [1, 2]);
  assert.is(seen.length, 4, 'seen inside both commits too');
  assert.ok(seen.slice(0, -1).every((one) => JSON.stringify(one) === '[0,null]'));
});

test('a row that was set aside or lost, and what stands after it, is in no ticket as far as is told', async () => {
  const ticket = await sell(house, performance);
  const { rows, epoch } = admission(ticket, { gateway: 'a', at: house.clock.now() });
  const last = rows.at(-1);
  assert.ok(last);
  const torn = journalWriter(last.seq + 1, last.digest).write('{"kind":');
  await house.validator.journal('a', { epoch, rows: [...rows, torn] });
  assert.equal(ask().stored, [{ gateway: 'a', epoch, upTo: last.seq }]);
  const gap = { gateway: 'a', epoch, from_seq: 2, to_seq: 2, why: 'missing', at: 1, received: 1 };
  await house.store.db.insertInto('journal_gaps').values(gap).execute();
  assert.is(ask().stored?.[0]?.upTo, 1, 'lost by its own gateway');
});

test('of very many starts the latest are named', async () => {
  const { db } = house.store;
  const heads = Array.from({ length: STORED_MAX + 20 }, (_, n) => ({
    ...{ gateway: 'a', epoch: `epoch-${n}`, up_to: 5, digest: '0'.repeat(64), moved: n },
  }));
  await db.insertInto('journal_heads').values(heads).execute();
  const ticket = await sell(house, performance);
  const rows = admission(ticket, { gateway: 'b', at: house.clock.now() });
  await drain(house, rows);
  const { stored = [] } = ask();
  assert.is(stored.length, STORED_MAX);
  assert.equal([stored[0]?.epoch, stored[1]?.epoch], [rows.epoch, `epoch-${STORED_MAX + 19}`]);
});

test.run();
