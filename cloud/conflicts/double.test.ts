import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type House, startHouse } from '../test/house.ts';
import { admission, admit, drain, sell } from '../test/offline.ts';
import { question, securePhone } from '../test/phone.ts';

let house: House;
let performance: string;
let ticket: { id: string; performance: string };
let now: number;

test.before.each(async () => {
  house = await startHouse();
  performance = (await house.perform()).id;
  ticket = await sell(house, performance);
  now = house.clock.now();
});
test.after.each(() => house.stop());

const conflicts = () => house.desk.list({ limit: 100 });
const one = async () => {
  const found = await conflicts();
  assert.is(found.length, 1);
  return found[0] as NonNullable<(typeof found)[0]>;
};
const minute = 60_000;

test('two doors that heard nothing of each other: both places, ordered by time', async () => {
  const later = await admit(house, ticket, { gateway: 'b', lane: 'east', at: now - minute });
  const earlier = await admit(house, ticket, { gateway: 'a', lane: 'west', at: now - 5 * minute });
  const found = await one();
  assert.is(found.matter, 'double');
  assert.is(found.kind, 'could-not-know');
  assert.is(found.order, 'time');
  assert.is(found.state, 'open');
  assert.is(found.ticket, ticket.id);
  assert.is(found.performance, performance);
  assert.is(found.title, 'The Seagull');
  assert.is(found.place, 'C · 7');
  assert.equal(
    found.passages.map(({ gateway, lane, scanId, passed }) => [gateway, lane, scanId, passed]),
    [
      ['a', 'west', earlier.scanId, now - 5 * minute],
      ['b', 'east', later.scanId, now - minute],
    ],
  );
  assert.equal(
    found.passages.map(({ uncertainty, quality }) => [uncertainty, quality]),
    [
      [5, 'trusted'],
      [5, 'trusted'],
    ],
  );
});

test('a gateway whose cursor held the other use knew, whatever the clocks say', async () => {
  await admit(house, ticket, { gateway: 'a', at: now - minute });
  const cursor = house.ticketing.door.cursor();
  const stamp = { wall: now - 60 * minute, quality: 'untrusted' as const, offset: null };
  await admit(house, ticket, { gateway: 'b', at: now, cursor, stamp });
  const { kind, order, passages } = await one();
  assert.is(kind, 'knew');
  assert.is(order, 'cursor');
  assert.equal(
    passages.map(({ gateway }) => gateway),
    ['a', 'b'],
  );
});

test('times within each other’s uncertainty are the same moment in unknown order', async () => {
  const stamp = { uncertainty: 300 };
  await admit(house, ticket, { gateway: 'a', at: now - minute, stamp });
  await admit(house, ticket, { gateway: 'b', at: now - minute + 500, stamp });
  const { kind, order } = await one();
  assert.is(kind, 'same-moment');
  assert.is(order, 'unknown');
});

test('one decided while the other was still walking is the same moment, in order', async () => {
  await admit(house, ticket, { gateway: 'a', at: now - minute });
  await admit(house, ticket, { gateway: 'b', at: now - minute + 2_000, took: 4_000 });
  const { kind, order } = await one();
  assert.is(kind, 'same-moment');
  assert.is(order, 'time');
});

for (const [name, stamp] of [
  ['untrusted', { quality: 'untrusted', offset: null, uncertainty: null }],
  ['plausible but never set by the cloud', { quality: 'plausible', offset: null }],
  ['set, but nobody knows how well', { uncertainty: null }],
] as const) {
  test(`a clock that is ${name} leaves the order unknown`, async () => {
    await admit(house, ticket, { gateway: 'a', at: now - 9 * minute });
    const strange = { ...stamp, boot: 'another-boot' };
    await admit(house, ticket, { gateway: 'b', at: now - minute, stamp: strange });
    const { kind, order, passages } = await one();
    assert.is(kind, 'could-not-know');
    assert.is(order, 'unknown');
    assert.is(passages.find(({ gateway }) => gateway === 'b')?.uncertainty, null);
  });
}

test('a boot that learns the time later repairs what it wrote before', async () => {
  const lost = { offset: null, uncertainty: null, quality: 'untrusted', boot: 'b-1' } as const;
  const stamp = { ...lost, wall: 1_000, mono: 500_000 };
  await admit(house, ticket, { gateway: 'a', at: now - 9 * minute });
  await admit(house, ticket, { gateway: 'b', at: 1_000, stamp });
  assert.is((await one()).order, 'unknown');
  const other = await sell(house, performance);
  const set = { boot: 'b-1', wall: now, mono: 500_000 + 3 * minute };
  await admit(house, other, { gateway: 'b', at: now, stamp: set });
  const { order, kind, passages } = await one();
  assert.is(order, 'time');
  assert.is(kind, 'could-not-know');
  assert.is(passages[1]?.quality, 'repaired');
  assert.is(passages[1]?.passed, now - 3 * minute);
  assert.is(passages[1]?.uncertainty, 41, 'its 5 ms and 200 ppm of three minutes');
});

test('two lanes of one gateway: it knew, and its own clock gives the order', async () => {
  const stamp = (mono: number) => ({ mono, offset: null, quality: 'untrusted' as const });
  await admit(house, ticket, { lane: 'left', at: now, stamp: stamp(9_000) });
  await admit(house, ticket, { lane: 'right', at: now, stamp: stamp(4_000) });
  const { kind, order, passages } = await one();
  assert.is(kind, 'knew');
  assert.is(order, 'gateway');
  assert.equal(
    passages.map(({ lane }) => lane),
    ['right', 'left'],
  );
});

test('two passages with one slot are named as a shared picture', async () => {
  await admit(house, ticket, { gateway: 'a', at: now - minute, slot: 60_000_000 });
  await admit(house, ticket, { gateway: 'b', at: now, slot: 60_000_000 });
  assert.is((await one()).sharedPicture, true);
  const other = await sell(house, performance);
  await admit(house, other, { gateway: 'a', at: now - minute, slot: 60_000_000 });
  await admit(house, other, { gateway: 'b', at: now, slot: 60_000_001 });
  assert.is((await conflicts())[0]?.sharedPicture, false);
});

test('live news opens it at once; its kind is known when the journal has come', async () => {
  const a = admission(ticket, { gateway: 'a', at: now - 2 * minute });
  const b = admission(ticket, { gateway: 'b', at: now - minute });
  await house.validator.settle('a', a.live);
  await house.validator.settle('b', b.live);
  assert.is((await one()).kind, null);
  const heard: unknown[] = [];
  const stop = house.desk.feed.subscribe(({ id, kind }) => heard.push([id, kind]));
  await drain(house, a);
  await drain(house, b);
  stop?.();
  const { id, kind } = await one();
  assert.is(kind, 'could-not-know');
  assert.equal(heard, [
    [id, null],
    [id, 'could-not-know'],
  ]);
});

test('the same rows again, live and by journal, make one conflict', async () => {
  const a = admission(ticket, { gateway: 'a', at: now - 2 * minute });
  const b = admission(ticket, { gateway: 'b', at: now - minute });
  for (let n = 0; n < 2; n++) {
    for (const rows of [a, b]) {
      await drain(house, rows);
      await house.validator.settle(rows.gateway, rows.live);
    }
  }
  await one();
  const scans = await house.store.read
    .selectFrom('scans')
    .select(['gateway', 'conflict'])
    .execute();
  assert.equal(
    scans.map(({ gateway, conflict }) => [gateway, conflict]),
    [
      ['a', 0],
      ['b', 1],
    ],
  );
});

test('a passage whose conflict cannot be written is not stored either, and comes again', async () => {
  await admit(house, ticket, { gateway: 'a', at: now - 2 * minute });
  const second = admission(ticket, { gateway: 'b', at: now - minute });
  const run = (sql: string) => house.store.batch(() => house.store.prepare(sql).run());
  const refuse = `begin select raise(abort, 'no room'); end`;
  await run(`create trigger no_room before insert on conflicts ${refuse}`);
  const refused = await drain(house, second).then(
    () => false,
    () => true,
  );
  assert.ok(refused, 'the gateway hears that it is not stored');
  const rows = await house.store.db.selectFrom('journal').select('gateway').execute();
  assert.ok(rows.every(({ gateway }) => gateway === 'a'));
  await run('drop trigger no_room');
  await drain(house, second);
  await one();
});

test('each passage too many is a conflict of its own', async () => {
  for (const gateway of ['a', 'b', 'c']) await admit(house, ticket, { gateway, at: now - minute });
  const found = await conflicts();
  assert.is(found.length, 2);
  const together = new Set(found.flatMap(({ passages }) => passages.map(({ scanId }) => scanId)));
  assert.is(together.size, 3);
});

test('a pass with uses left is none; one beyond them is', async () => {
  const pass = await sell(house, performance, 2);
  await admit(house, pass, { gateway: 'a', at: now - 3 * minute });
  await admit(house, pass, { gateway: 'b', at: now - 2 * minute });
  assert.is((await conflicts()).length, 0);
  await admit(house, pass, { gateway: 'c', at: now - minute });
  const { passages } = await one();
  assert.equal(
    passages.map(({ gateway }) => gateway),
    ['b', 'c'],
  );
});

test('an exit and a re-entry are none, in any order of arrival', async () => {
  const { id } = await house.perform({ reEntry: true });
  for (const order of [
    [0, 1, 2],
    [0, 2, 1],
    [2, 1, 0],
    [1, 0, 2],
  ]) {
    const guest = await sell(house, id);
    const walk = [
      admission(guest, { gateway: 'a', at: now - 9 * minute }),
      admission(guest, { gateway: 'b', at: now - 6 * minute, direction: 'exit' }),
      admission(guest, { gateway: 'c', at: now - 3 * minute }),
    ];
    for (const n of order) await drain(house, walk[n] as (typeof walk)[0]);
    const open = await house.desk.list({ state: 'open', limit: 10 });
    assert.equal(open, [], `order ${order}`);
  }
  const explained = await house.desk.list({ state: 'handled', limit: 10 });
  assert.ok(explained.length > 0, 'what looked wrong for a while is kept and explained');
  assert.ok(explained.every(({ handled }) => handled?.by === null));
  const flagged = await house.store.read
    .selectFrom('scans')
    .select('n')
    .where('conflict', '=', 1)
    .execute();
  assert.equal(flagged, []);
});

test('two people inside on one ticket are a conflict with re-entry too', async () => {
  const { id } = await house.perform({ reEntry: true });
  const guest = await sell(house, id);
  await admit(house, guest, { gateway: 'a', at: now - 9 * minute });
  await admit(house, guest, { gateway: 'b', at: now - 6 * minute });
  await one();
});

test('an ordinary re-entry after a conflict is not another one', async () => {
  const { id } = await house.perform({ reEntry: true });
  const guest = await sell(house, id);
  await admit(house, guest, { gateway: 'a', at: now - 9 * minute });
  await admit(house, guest, { gateway: 'b', at: now - 6 * minute });
  await admit(house, guest, { gateway: 'a', at: now - 4 * minute, direction: 'exit' });
  await admit(house, guest, { gateway: 'a', at: now - 2 * minute });
  await one();
});

test('an offline admission beside one that the cloud gave: by what each could know', async () => {
  const { id } = await house.perform({ secure: true });
  const phone = await securePhone(house.ticketing, house.clock, id);
  const asked = question(house.clock, await phone.code());
  const said = await house.validator.validate('a', asked);
  assert.is(said.verdict.key, 'ok');
  const at = house.clock.now();
  const settle = { ...admission({ id: phone.ticket, performance: id }, { at }).live };
  await house.validator.settle('a', { ...settle, scanId: asked.scanId, slot: said.slot });
  const guest = { id: phone.ticket, performance: id };
  await admit(house, guest, { gateway: 'b', at: at - minute, slot: (said.slot ?? 0) - 2 });
  const { kind, order, passages } = await one();
  assert.is(order, 'time');
  assert.is(kind, 'could-not-know', 'the cloud had not heard of the first one either');
  assert.equal(
    passages.map(({ gateway, decidedBy }) => [gateway, decidedBy]),
    [
      ['b', 'gateway'],
      ['a', 'cloud'],
    ],
  );
});

test('the same scan id at two gateways is two passages', async () => {
  const first = admission(ticket, { gateway: 'a', at: now - 2 * minute });
  await house.validator.settle('a', first.live);
  await house.validator.settle('b', first.live);
  const { passages } = await one();
  assert.equal(
    passages.map(({ scanId }) => scanId),
    [first.scanId, first.scanId],
  );
});

test.run();
