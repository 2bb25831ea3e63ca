import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type House, startHouse } from '../test/house.ts';
import { bindPhone, ending, newScanId, type Phone, question, securePhone } from '../test/phone.ts';

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

const scan = async (code: string, given = {}, gateway = GATE) =>
  house.validator.validate(gateway, question(house.clock, code, given));
const settle = (scanId: string, kind: 'passed' | 'released' | 'cancel', given = {}) =>
  house.validator.settle(GATE, ending(house.clock, scanId, kind, given));

test('a good secure code is granted with the place of the ticket', async () => {
  const answer = await scan(await phone.code());
  assert.is(answer.verdict.key, 'ok');
  assert.equal(answer.grant, { passageMs: 8_000 });
  assert.is(answer.ticket, phone.ticket);
  assert.equal(answer.label, { title: 'The Seagull', row: 'C', seat: '7' });
});

test('after the passage the same picture is used up at once, also elsewhere', async () => {
  const code = await phone.code();
  const scanId = newScanId();
  assert.is((await scan(code, { scanId })).verdict.key, 'ok');
  await settle(scanId, 'passed');
  assert.is((await scan(code, { lane: 'lane-2' })).verdict.key, 'code-used');
});

test('a burnt slot takes all slots before it with it', async () => {
  const older = await phone.code({ slots: -1 });
  const scanId = newScanId();
  await scan(await phone.code(), { scanId });
  await settle(scanId, 'passed');
  assert.is((await scan(older, { lane: 'lane-2' })).verdict.key, 'code-used');
});

test('a later code of a used ticket is already used, and says when and where', async () => {
  const scanId = newScanId();
  await scan(await phone.code(), { scanId });
  await settle(scanId, 'passed');
  const { verdict } = await scan(await phone.code({ slots: 1 }), { lane: 'lane-2' });
  assert.is(verdict.key, 'already-used');
  assert.is(verdict.details.lane, 'lane-1');
});

test('nobody passes: the same ticket is admitted again', async () => {
  const scanId = newScanId();
  await scan(await phone.code(), { scanId });
  await settle(scanId, 'released');
  assert.is((await scan(await phone.code())).verdict.key, 'ok');
});

test('a granted ticket is busy at another lane', async () => {
  await scan(await phone.code());
  const { verdict, grant } = await scan(await phone.code(), { lane: 'lane-2' }, 'gate-2');
  assert.is(verdict.key, 'busy');
  assert.is(grant, undefined);
});

test('a grant left in silence is unsettled: busy unstaffed, a person where one stands', async () => {
  await scan(await phone.code());
  house.clock.move(12_000);
  assert.is((await scan(await phone.code())).verdict.key, 'busy');
  const staffed = await startHouse({ entrance: 'a', halls: [], staffed: true });
  const { id } = await staffed.perform({ secure: true });
  const guest = await securePhone(staffed.ticketing, staffed.clock, id);
  const ask = async () =>
    staffed.validator.validate(GATE, question(staffed.clock, await guest.code()));
  await ask();
  staffed.clock.move(12_000);
  assert.is((await ask()).verdict.key, 'staff');
  await staffed.stop();
});

test('a screenshot 90 seconds later is expired', async () => {
  const code = await phone.code();
  house.clock.move(90_000);
  const { verdict } = await scan(code);
  assert.is(verdict.key, 'expired-code');
  assert.ok((verdict.details.seconds ?? 0) >= 60);
});

test('a code from the future is clock-skew with its seconds', async () => {
  const { verdict } = await scan(await phone.code({ slots: 3 }));
  assert.is(verdict.key, 'clock-skew');
  assert.is(verdict.details.seconds, 90);
});

test('a phone that is steadily behind goes to a person', async () => {
  assert.is((await scan(await phone.code({ slots: -3 }))).verdict.key, 'expired-code');
  house.clock.move(30_000);
  const { verdict } = await scan(await phone.code({ slots: -3 }));
  assert.is(verdict.key, 'staff');
  assert.is(verdict.details.reason, 'clock-skew');
});

test('a changed digit is forged, and shows nothing of the ticket', async () => {
  const code = await phone.code();
  const last = code.at(-1) === '1' ? '2' : '1';
  const answer = await scan(code.slice(0, -1) + last);
  assert.is(answer.verdict.key, 'forged');
  assert.is(answer.ticket, undefined);
  assert.is(answer.label, undefined);
});

test('a forged code does not let the holder of its handle out', async () => {
  const scanId = newScanId();
  const code = await phone.code();
  await scan(code, { scanId });
  await settle(scanId, 'passed');
  const last = code.at(-1) === '1' ? '2' : '1';
  const { verdict } = await scan(code.slice(0, -1) + last, { direction: 'exit' });
  assert.is(verdict.key, 'exit-unmatched');
});

test('who walks out on a forged code leaves its holder inside', async () => {
  const { id } = await house.perform({ secure: true, reEntry: true });
  const guest = await securePhone(house.ticketing, house.clock, id);
  const inside = newScanId();
  await scan(await guest.code(), { scanId: inside });
  await settle(inside, 'passed');
  const code = await guest.code({ slots: 1 });
  const last = (Number(code.at(-1)) + 1) % 10;
  const out = newScanId();
  await scan(code.slice(0, -1) + last, { scanId: out, direction: 'exit' });
  await settle(out, 'passed', { direction: 'exit' });
  const { verdict } = await scan(code, { lane: 'lane-2' });
  assert.is(verdict.key, 'already-inside');
});

test('an older phone of the ticket is superseded', async () => {
  const older = phone;
  const newer = await bindPhone(house.ticketing, house.clock, phone.ticket);
  assert.is((await scan(await older.code())).verdict.key, 'superseded');
  assert.is((await scan(await newer.code())).verdict.key, 'ok');
});

test('a phone without network for more than 15 minutes is stale', async () => {
  for (let n = 0; n < 5; n++) {
    await house.ticketing.beacons.current();
    house.clock.move(300_000);
  }
  assert.is((await scan(await phone.code({ beacons: 5 }))).verdict.key, 'stale-phone');
});

test('the 16 bits of the slot are restored across their turn', async () => {
  const turn = 0x10000 * 30_000;
  house.clock.move(turn - (house.clock.now() % turn) + 10_000);
  await house.ticketing.changePerformance(performance, { starts: house.clock.now() });
  assert.is((await scan(await phone.code({ slots: -1 }))).verdict.key, 'ok');
});

test('digits that are no code and handles nobody has are unknown', async () => {
  assert.is((await scan(`4283${'9'.repeat(178)}`)).verdict.key, 'unknown');
  assert.is((await scan(`4283${'0'.repeat(178)}`)).verdict.key, 'unknown');
});

test('a blocked ticket is blocked until it is valid again', async () => {
  await house.ticketing.changeTicket(phone.ticket, { status: 'blocked' });
  assert.is((await scan(await phone.code())).verdict.key, 'blocked');
  await house.ticketing.changeTicket(phone.ticket, { status: 'valid' });
  assert.is((await scan(await phone.code())).verdict.key, 'ok');
});

test('where re-entry is on, the ticket comes back in after its exit', async () => {
  await house.ticketing.changePerformance(performance, { reEntry: true });
  const inAgain = async (slots: number, direction: 'entry' | 'exit', expected: string) => {
    const scanId = newScanId();
    const code = await phone.code({ slots });
    const { verdict } = await scan(code, { scanId, direction, lane: `lane-${direction}${slots}` });
    assert.is(verdict.key, expected);
    await settle(scanId, 'passed', { direction });
  };
  await inAgain(-1, 'entry', 'ok');
  await inAgain(-1, 'exit', 'exit');
  await inAgain(0, 'entry', 're-entry');
  const { verdict } = await scan(await phone.code({ slots: 1 }), { lane: 'lane-9' });
  assert.is(verdict.key, 'already-inside');
});

test('a full hall is full, open grants counted', async () => {
  await house.ticketing.changePerformance(performance, { capacity: 1 });
  await scan(await phone.code());
  const other = await securePhone(house.ticketing, house.clock, performance);
  assert.is((await scan(await other.code())).verdict.key, 'full');
});

test.run();
