import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type House, startHouse } from '../test/house.ts';
import { ending, newScanId, type Phone, question, securePhone } from '../test/phone.ts';
import { VALIDATE_MAX } from './validator.ts';

const GATE = 'gate-1';
let house: House;
let phone: Phone;
let performance: string;

test.before.each(async () => {
  house = await startHouse();
  performance = (await house.perform({ secure: true })).id;
  phone = await securePhone(house.ticketing, house.clock, performance);
});
test.after.each(() => house.stop());

const settle = (scanId: string, kind: 'passed' | 'released' | 'cancel', given = {}) =>
  house.validator.settle(GATE, ending(house.clock, scanId, kind, given));
const count = async (table: 'scans' | 'grants') =>
  (await house.store.db.selectFrom(table).selectAll().execute()).length;

test('a repeated scan id gets the stored verdict and no second grant', async () => {
  const asked = question(house.clock, await phone.code());
  const first = await house.validator.validate(GATE, asked);
  const second = await house.validator.validate(GATE, { ...asked, attempt: 2 });
  assert.equal(second, first);
  assert.is(await count('grants'), 1);
  assert.is(await count('scans'), 1);
});

for (const [kind, ended] of [
  ['passed', 'passed'],
  ['released', 'released'],
  ['cancel', 'cancelled'],
] as const) {
  test(`an admit that was ${ended} is never sent again with its grant`, async () => {
    const asked = question(house.clock, await phone.code());
    await house.validator.validate(GATE, asked);
    await settle(asked.scanId, kind);
    const again = await house.validator.validate(GATE, { ...asked, attempt: 2 });
    assert.is(again.ended, ended);
    assert.is(again.grant, undefined);
  });
}

test('an admit whose time has gone by is not sent again', async () => {
  const asked = question(house.clock, await phone.code());
  await house.validator.validate(GATE, asked);
  house.clock.move(8_500);
  const again = await house.validator.validate(GATE, { ...asked, attempt: 2 });
  assert.is(again.ended, 'lapsed');
  assert.is(again.grant, undefined);
});

test('one scan id used by two gateways is not mixed', async () => {
  const asked = question(house.clock, await phone.code());
  const first = await house.validator.validate('gate-1', asked);
  const other = await house.validator.validate('gate-2', asked);
  assert.is(first.verdict.key, 'ok');
  assert.is(other.verdict.key, 'busy');
  await house.validator.settle('gate-2', ending(house.clock, asked.scanId, 'cancel'));
  assert.is(await count('grants'), 1, 'a cancel by another gateway ends nothing');
});

test('the same ticket many times in one batch is granted once', async () => {
  const code = await phone.code();
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, lane) =>
      house.validator.validate(GATE, question(house.clock, code, { lane: `lane-${lane}` })),
    ),
  );
  const keys = answers.map(({ verdict }) => verdict.key).sort();
  assert.equal(keys, [...Array(49).fill('busy'), 'ok']);
  assert.is(answers.filter(({ grant }) => grant).length, 1);
});

test('a request that comes after its cancel makes no grant', async () => {
  const asked = question(house.clock, await phone.code());
  await settle(asked.scanId, 'cancel');
  const late = await house.validator.validate(GATE, asked);
  assert.is(late.ended, 'cancelled');
  assert.is(late.grant, undefined);
  assert.is(await count('grants'), 0);
  assert.equal(await house.validator.validate(GATE, asked), late);
});

test('a request that comes after its deadline makes no grant', async () => {
  const asked = question(house.clock, await phone.code(), { deadlineMs: 1_500 });
  house.clock.move(1_600);
  const late = await house.validator.validate(GATE, asked);
  assert.is(late.ended, 'lapsed');
  assert.is(await count('grants'), 0);
});

test('a deadline by a clock that nobody trusts does not count', async () => {
  const asked = question(house.clock, await phone.code());
  house.clock.move(1_600);
  const at = { ...asked.at, quality: 'plausible' as const };
  assert.is((await house.validator.validate(GATE, { ...asked, at })).verdict.key, 'ok');
});

test('a settle that is repeated counts once', async () => {
  const asked = question(house.clock, await phone.code());
  await house.validator.validate(GATE, asked);
  for (let n = 0; n < 3; n++) {
    assert.equal(await settle(asked.scanId, 'passed'), { scanId: asked.scanId, kind: 'passed' });
  }
  const row = await house.store.db
    .selectFrom('tickets')
    .select(['used', 'inside', 'recent_scans'])
    .executeTakeFirstOrThrow();
  assert.equal({ ...row }, { used: 1, inside: 1, recent_scans: JSON.stringify([asked.scanId]) });
});

test('somebody who passes just after the release is committed as late', async () => {
  const asked = question(house.clock, await phone.code());
  await house.validator.validate(GATE, asked);
  await settle(asked.scanId, 'released');
  await settle(asked.scanId, 'passed', { late: true });
  const scan = await house.store.db.selectFrom('scans').selectAll().executeTakeFirstOrThrow();
  assert.is(scan.result, 'late');
  assert.is(scan.conflict, 0);
});

test('two lanes that both let a one-entry ticket through are both kept, the second flagged', async () => {
  const { id } = await house.perform();
  const ticket = await house.ticketing.addTicket(id, {
    status: 'valid',
    uses: 1,
    entrances: [],
    label: {},
  });
  for (const gateway of ['gate-1', 'gate-2']) {
    const passed = ending(house.clock, newScanId(), 'passed', {
      ticket: ticket.id,
      performance: id,
    });
    await house.validator.settle(gateway, passed);
  }
  const scans = await house.store.db.selectFrom('scans').selectAll().orderBy('n').execute();
  assert.equal(
    scans.map(({ result, conflict }) => [result, conflict]),
    [
      ['passed', 0],
      ['passed', 1],
    ],
  );
  const row = await house.store.db
    .selectFrom('tickets')
    .select('used')
    .where('id', '=', ticket.id)
    .executeTakeFirstOrThrow();
  assert.is(row.used, 2);
});

test('a regular ticket can be asked of the cloud by its text', async () => {
  const { id } = await house.perform();
  const order = { status: 'valid' as const, uses: 1, entrances: [], label: {}, code: 'ABC-123' };
  await house.ticketing.addTicket(id, order);
  const answer = await house.validator.validate(GATE, question(house.clock, 'ABC-123'));
  assert.is(answer.verdict.key, 'ok');
  const other = await house.validator.validate(GATE, question(house.clock, 'ABC-124'));
  assert.is(other.verdict.key, 'unknown');
});

test('the live feed tells each scan when it is answered and when it has ended', async () => {
  const heard: (string | null)[][] = [];
  const stop = house.validator.feed.subscribe((scan) => heard.push([scan.verdict, scan.result]));
  const asked = question(house.clock, await phone.code());
  await house.validator.validate(GATE, asked);
  await settle(asked.scanId, 'passed');
  stop?.();
  assert.equal(heard, [
    ['ok', null],
    ['ok', 'passed'],
  ]);
});

test('more than the queue takes is answered with a fault, never with silence', async () => {
  const code = await phone.code();
  const answers = await Promise.all(
    Array.from({ length: VALIDATE_MAX + 5 }, () =>
      house.validator.validate(GATE, question(house.clock, code)),
    ),
  );
  const faults = answers.filter(({ verdict }) => verdict.key === 'fault');
  assert.is(faults.length, 5);
  assert.is(faults[0]?.verdict.details.reason, 'cloud-busy');
});

test.run();
