import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type House, startHouse } from '../test/house.ts';
import { admission, admit, drain, sell } from '../test/offline.ts';
import { question } from '../test/phone.ts';
import { CSV_HEADER, csvLine } from './csv.ts';
import type { Conflict } from './view.ts';

let house: House;
let ticket: { id: string; performance: string };
let now: number;
const minute = 60_000;

test.before.each(async () => {
  house = await startHouse();
  ticket = await sell(house, (await house.perform()).id);
  now = house.clock.now();
});
test.after.each(() => house.stop());

const one = async () => {
  const found = await house.desk.list({ limit: 100 });
  assert.is(found.length, 1);
  return found[0] as Conflict;
};
const gateways = ({ passages }: Conflict) => passages.map(({ gateway }) => gateway);
/** Another gateway's journal up to a row. */
const upTo = ({ gateway, epoch }: { gateway: string; epoch: string }, seq: number) => ({
  heard: { [gateway]: { epoch, seq } },
});

test('a lane that had the other’s passage from its journal knew, whatever the clocks say', async () => {
  const first = await admit(house, ticket, { gateway: 'a', at: now - minute });
  await admit(house, ticket, { gateway: 'b', at: now - 5 * minute, peers: upTo(first, 2) });
  const found = await one();
  assert.equal([found.kind, found.order, gateways(found)], ['knew', 'peer', ['a', 'b']]);
});

test('it makes no difference whose journal comes to the cloud first', async () => {
  const first = admission(ticket, { gateway: 'a', at: now - minute });
  await admit(house, ticket, { gateway: 'b', at: now, peers: upTo(first, 9) });
  await drain(house, first);
  const found = await one();
  assert.equal([found.kind, found.order, gateways(found)], ['knew', 'peer', ['a', 'b']]);
});

test('the intent alone, another run or another gateway is not the passage', async () => {
  const first = await admit(house, ticket, { gateway: 'a', at: now - 5 * minute });
  const heard = {
    ...{ a: { epoch: first.epoch, seq: 1 }, c: { epoch: first.epoch, seq: 9 } },
  };
  await admit(house, ticket, { gateway: 'b', at: now, peers: { heard } });
  assert.equal([(await one()).kind, (await one()).order], ['could-not-know', 'time']);
  const other = await sell(house, ticket.performance);
  await admit(house, other, { gateway: 'a', at: now - 5 * minute });
  const peers = { heard: { a: { epoch: 'an older run', seq: 99 } } };
  await admit(house, other, { gateway: 'b', at: now, peers });
  const [latest] = await house.desk.list({ limit: 1 });
  assert.is(latest?.kind, 'could-not-know');
});

test('live news makes it known only when the journal says where the passage stands', async () => {
  const first = admission(ticket, { gateway: 'a', at: now - minute });
  const second = admission(ticket, { gateway: 'b', at: now, peers: upTo(first, 2) });
  const told: Conflict[] = [];
  house.desk.feed.subscribe((conflict) => told.push(conflict));
  await house.validator.settle('a', first.live);
  await house.validator.settle('b', second.live);
  assert.equal([(await one()).kind, (await one()).order], [null, 'time']);
  await drain(house, second);
  await drain(house, first);
  const found = await one();
  assert.equal([found.kind, found.order], ['knew', 'peer']);
  assert.equal(told.at(-1), found);
});

test('what the cloud’s numbering says comes before what a peer said', async () => {
  const first = await admit(house, ticket, { gateway: 'a', at: now - minute });
  const cursor = house.ticketing.door.cursor();
  await admit(house, ticket, { gateway: 'b', at: now, cursor, peers: upTo(first, 2) });
  assert.is((await one()).order, 'cursor');
});

test('a split and a missing home are shown at the side that was admitted so', async () => {
  await admit(house, ticket, { gateway: 'a', at: now - minute, peers: { split: true } });
  await admit(house, ticket, { gateway: 'b', at: now, peers: { unconfirmed: true } });
  const found = await one();
  assert.equal(
    found.passages.map(({ split, unconfirmed }) => [split, unconfirmed]),
    [
      [true, false],
      [false, true],
    ],
  );
  const columns = CSV_HEADER.trim().split(',');
  const cells = csvLine(found).trim().split(',');
  const cell = (name: string) => cells[columns.indexOf(name)];
  assert.equal([cell('first split'), cell('first unconfirmed')], ['yes', 'no']);
  assert.equal([cell('second split'), cell('second unconfirmed')], ['no', 'yes']);
});

test('an admission that the cloud decided also says that its venue was split', async () => {
  const sold = await sell(house, ticket.performance);
  const rows = admission(sold, { gateway: 'a', at: now, peers: { split: true } });
  const asked = question(house.clock, sold.code ?? '', { scanId: rows.scanId });
  assert.is((await house.validator.validate('a', asked)).verdict.key, 'ok');
  const shown: unknown[] = [];
  house.validator.feed.subscribe(({ scanId, split }) => shown.push([scanId, split]));
  await drain(house, rows);
  assert.equal(shown.at(-1), [rows.scanId, true]);
  const row = await house.store.db.selectFrom('scans').selectAll().executeTakeFirstOrThrow();
  assert.equal([row.decided_by, row.split, row.epoch, row.seq], ['cloud', 1, rows.epoch, 2]);
});

test.run();
