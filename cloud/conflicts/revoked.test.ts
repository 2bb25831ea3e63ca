import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type House, startHouse } from '../test/house.ts';
import { admission, admit, sell } from '../test/offline.ts';
import { bindPhone, question, securePhone } from '../test/phone.ts';

let house: House;
let performance: string;
let ticket: { id: string; performance: string };

test.before.each(async () => {
  house = await startHouse();
  performance = (await house.perform()).id;
  ticket = await sell(house, performance);
});
test.after.each(() => house.stop());

const minute = 60_000;
const open = () => house.desk.list({ state: 'open', limit: 100 });
const one = async () => {
  const found = await open();
  assert.is(found.length, 1);
  return found[0] as NonNullable<(typeof found)[0]>;
};
/** Changes the status now and lets some time go by after it. */
async function set(
  status: 'valid' | 'blocked' | 'cancelled' | 'taken-back' | 'unpaid',
  wait = 5 * minute,
) {
  const at = house.clock.now();
  await house.ticketing.changeTicket(ticket.id, { status });
  house.clock.move(wait);
  return { at, change: house.ticketing.door.cursor() };
}

for (const status of ['blocked', 'cancelled', 'taken-back', 'unpaid'] as const) {
  test(`a ticket that was ${status} before it was admitted offline is a conflict`, async () => {
    const { at, change } = await set(status);
    await admit(house, ticket, { at: house.clock.now() - minute, cursor: change - 1 });
    const found = await one();
    assert.is(found.matter, 'revoked');
    assert.is(found.kind, 'could-not-know');
    assert.is(found.order, 'time');
    assert.is(found.revocation?.status, status);
    assert.is(found.revocation?.change, change);
    assert.ok(Math.abs((found.revocation?.at ?? 0) - at) < 1_000);
    assert.is(found.passages.length, 1);
  });
}

test('a gateway whose cursor held the revocation knew', async () => {
  const { change } = await set('cancelled');
  await admit(house, ticket, { at: house.clock.now(), cursor: change });
  const { kind, order } = await one();
  assert.is(kind, 'knew');
  assert.is(order, 'cursor');
});

test('a revocation while the guest was walking is the same moment', async () => {
  const { at } = await set('cancelled');
  await admit(house, ticket, { at: at + 2_000, took: 4_000, cursor: 0 });
  const { kind, order } = await one();
  assert.is(kind, 'same-moment');
  assert.is(order, 'time');
});

test('a revocation within the uncertainty of the passage is shown, in unknown order', async () => {
  const { at } = await set('cancelled');
  await admit(house, ticket, { at: at - 100, cursor: 0, stamp: { uncertainty: 2_000 } });
  const { kind, order } = await one();
  assert.is(kind, 'same-moment');
  assert.is(order, 'unknown');
});

test('a ticket revoked after its admission is none, also when the journal comes last', async () => {
  const { at } = await set('cancelled');
  await admit(house, ticket, { at: at - minute, cursor: 0 });
  assert.equal(await open(), []);
});

test('revoked and made valid again: by what stood when the guest passed', async () => {
  const blocked = await set('blocked');
  const valid = await set('valid');
  await admit(house, ticket, { at: blocked.at + minute, cursor: 0 });
  assert.is((await one()).revocation?.status, 'blocked');
  const { id } = await sell(house, performance);
  ticket = { id, performance };
  const again = await set('blocked');
  const good = await set('valid');
  await admit(house, ticket, { at: good.at + minute, cursor: again.change - 1 });
  assert.is((await open()).length, 1, 'good again, though its gateway had heard of neither');
  assert.ok(valid.change < again.change);
});

test('on an untrusted clock a revocation may have been before: shown as unknown', async () => {
  const stamp = { quality: 'untrusted', offset: null, uncertainty: null, boot: 'b-9' } as const;
  await set('cancelled');
  await admit(house, ticket, { at: 5_000, cursor: 0, stamp: { ...stamp, mono: 10_000 } });
  const { kind, order } = await one();
  assert.is(kind, 'could-not-know');
  assert.is(order, 'unknown');
});

test('… until its boot learns the time, and then it is explained if it was before', async () => {
  const stamp = { quality: 'untrusted', offset: null, uncertainty: null, boot: 'b-9' } as const;
  const { at } = await set('cancelled');
  await admit(house, ticket, { at: 5_000, cursor: 0, stamp: { ...stamp, mono: 10_000 } });
  const { id } = await one();
  const now = house.clock.now();
  const mono = 10_000 + (now - (at - minute));
  const other = await sell(house, performance);
  await admit(house, other, { at: now, stamp: { boot: 'b-9', mono } });
  assert.equal(await open(), []);
  const { handled, state } = house.desk.find(id);
  assert.is(state, 'handled');
  assert.is(handled?.by, null);
  assert.match(handled?.note ?? '', 'later');
});

test('a heartbeat is enough for a boot to learn the time', async () => {
  const stamp = { quality: 'untrusted', offset: null, uncertainty: null, boot: 'b-9' } as const;
  const { at } = await set('cancelled');
  await admit(house, ticket, { at: 5_000, cursor: 0, stamp: { ...stamp, mono: 10_000 } });
  const now = house.clock.now();
  const mono = 10_000 + (now - (at + minute));
  const { live } = admission(ticket, { at: now, stamp: { boot: 'b-9', mono } });
  await house.validator.heard('gate-1', live.at);
  const { order, passages } = await one();
  assert.is(order, 'time');
  assert.is(passages[0]?.passed, at + minute);
});

test('what a gateway knew when it decided counts more than its clock', async () => {
  const stamp = { quality: 'untrusted', offset: null, uncertainty: null } as const;
  await set('blocked');
  const valid = await set('valid');
  await admit(house, ticket, { at: 5_000, cursor: valid.change, stamp });
  assert.equal(await open(), []);
});

test('a ticket that was never valid is a conflict too', async () => {
  const order = { status: 'blocked' as const, uses: 1, entrances: [], label: {} };
  const { id } = await house.ticketing.addTicket(performance, order);
  await admit(house, { id, performance }, { at: house.clock.now(), cursor: 0 });
  assert.is((await one()).revocation?.status, 'blocked');
});

test('a code of an older phone, admitted offline after the ticket moved on: superseded', async () => {
  const { id } = await house.perform({ secure: true });
  const phone = await securePhone(house.ticketing, house.clock, id);
  const known = house.ticketing.door.cursor();
  house.clock.move(minute);
  await bindPhone(house.ticketing, house.clock, phone.ticket);
  house.clock.move(minute);
  const guest = { id: phone.ticket, performance: id };
  const at = house.clock.now() - 1_000;
  await admit(house, guest, { at, cursor: known, generation: 1, slot: 9 });
  const { revocation, kind } = await one();
  assert.is(revocation?.status, 'superseded');
  assert.is(kind, 'could-not-know');
  const next = await securePhone(house.ticketing, house.clock, id);
  const own = { id: next.ticket, performance: id };
  await admit(house, own, { gateway: 'b', at: house.clock.now(), generation: 1, slot: 9 });
  assert.is((await open()).length, 1, 'the phone that counts is none');
});

test('a grant of the cloud that was blocked before the guest had walked is the same moment', async () => {
  const { id } = await house.perform({ secure: true });
  const phone = await securePhone(house.ticketing, house.clock, id);
  const asked = question(house.clock, await phone.code());
  await house.validator.validate('a', asked);
  house.clock.move(1_000);
  await house.ticketing.changeTicket(phone.ticket, { status: 'blocked' });
  house.clock.move(2_000);
  const at = house.clock.now();
  const { live } = admission({ id: phone.ticket, performance: id }, { at });
  await house.validator.settle('a', { ...live, scanId: asked.scanId });
  const { kind, matter } = await one();
  assert.is(matter, 'revoked');
  assert.is(kind, 'same-moment');
});

test('an exit of a revoked ticket is none: everybody may leave', async () => {
  await set('cancelled');
  await admit(house, ticket, { at: house.clock.now(), direction: 'exit' });
  assert.equal(await open(), []);
});

test('revoked and admitted twice are both shown', async () => {
  await set('cancelled');
  await admit(house, ticket, { gateway: 'a', at: house.clock.now() - minute, cursor: 0 });
  await admit(house, ticket, { gateway: 'b', at: house.clock.now(), cursor: 0 });
  const matters = (await open()).map(({ matter }) => matter).sort();
  assert.equal(matters, ['double', 'revoked', 'revoked']);
});

test.run();
