import { outcomeOf, type PerformanceRow, type SecureRow, type Verdict } from '@gatehouse/protocol';
import type { Enrolment } from '@gatehouse/provisioning';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createReservations } from '../admission/index.ts';
import { bringBack } from '../bring-back.ts';
import { createVenueTime } from '../clock.ts';
import type { RecoveredPassage, Unsettled } from '../journal/rows.ts';
import { beacons, type GuestPhone, guestPhone } from '../test/guest-phone.ts';
import { laneRig, type RigOptions } from '../test/lane-rig.ts';
import { codeOf, EVENING, page, performanceRow } from '../test/samples.ts';
import { virtualClock } from '../test/virtual-clock.ts';

const phone = await guestPhone(1);
const other = await guestPhone(2);
const third = await guestPhone(3);

const evening = (changes: Partial<PerformanceRow> = {}) =>
  performanceRow({ id: 'secure', secure: true, offline: 'verify', ...changes });

/** A lane whose gateway has synced secure tickets, its uplink away. */
async function offlineRig(
  changes: Partial<PerformanceRow> = {},
  secure: SecureRow[] = [phone.row(), other.row(), third.row()],
  options: RigOptions = {},
) {
  const rig = await laneRig(options);
  const performances = [performanceRow(), evening(changes)];
  const tickets = page([], { performances, secure, beacons: beacons(), cursor: 7 });
  rig.store.apply({ ...tickets, from: 1 }, new Set());
  const now = () => rig.time.now();
  const show = async (guest: GuestPhone, off = {}, lane = 0) =>
    (await rig.show(await guest.code(now(), off), lane)).verdict as Verdict;
  return { ...rig, now, see: show };
}

const isGreen = (said: Verdict | undefined) =>
  said !== undefined && outcomeOf(said.key) === 'admit';

test('S13: verify admits a good code without the cloud, and the row holds what proves it', async () => {
  const rig = await offlineRig();
  assert.is((await rig.see(phone)).key, 'offline');
  assert.ok(rig.gate.state.open);
  rig.gate.pass();
  await rig.clock.settle();
  const [intent, result] = rig.rows();
  if (intent?.kind !== 'intent') throw new Error('no intent');
  assert.is(intent.decidedBy, 'gateway');
  assert.is(intent.handle, phone.row().handle);
  assert.is(intent.generation, 1);
  assert.is(Buffer.from(intent.signature ?? '', 'base64').length, 64);
  assert.is(intent.beacon, Math.floor(EVENING / 300_000));
  assert.is(intent.slot, Math.floor(EVENING / 30_000));
  assert.is(result?.kind === 'result' && result.result, 'passed');
  await rig.stop();
});

test('promise 2: a slot burnt without the cloud is dead, and a later code is already used', async () => {
  const rig = await offlineRig({}, undefined, { lanes: 2 });
  const code = await phone.code(rig.now());
  await rig.show(code);
  rig.gate.pass();
  await rig.clock.advance(6_000);
  assert.is((await rig.show(code, 1)).verdict?.key, 'code-used');
  await rig.clock.advance(30_000);
  assert.is((await rig.see(phone, {}, 1)).key, 'already-used');
  await rig.stop();
});

test('promise 2: an answer of the cloud that cannot know who passed without it opens for nobody', async () => {
  const rig = await offlineRig();
  await rig.see(phone);
  rig.gate.pass();
  await rig.clock.advance(40_000);
  const { id: ticket, handle } = phone.row();
  const slot = () => Math.floor(rig.now() / 30_000);
  rig.setUplink('connected');
  rig.answer({ ticket, handle, slot: slot() });
  assert.is((await rig.see(phone)).key, 'already-used');
  assert.is(rig.gate.state.unlocks, 1);
  // The same words from a cloud that has taken the passage are its own judgement: one more use.
  for (const { scanId, kind } of rig.link.sent('settle')) {
    if (kind === 'passed') rig.link.deliver('settle', { scanId, kind });
  }
  await rig.clock.advance(40_000);
  rig.answer({ ticket, handle, slot: slot() });
  assert.is((await rig.see(phone)).key, 'ok');
  await rig.stop();
});

test('promise 2: two lanes read one code at once, one of them opens', async () => {
  const rig = await offlineRig({}, undefined, { lanes: 2 });
  const code = await phone.code(rig.now());
  const shown = await Promise.all([rig.show(code, 0), rig.show(code, 1)]);
  assert.equal(shown.map(({ verdict }) => verdict?.key).sort(), ['busy', 'offline']);
  await rig.stop();
});

test('promise 3: nobody passes, and the same ticket is admitted again', async () => {
  const rig = await offlineRig();
  await rig.see(phone);
  await rig.clock.advance(10_000);
  assert.not(rig.gate.state.open);
  await rig.clock.advance(30_000);
  assert.is((await rig.see(phone)).key, 'offline');
  await rig.stop();
});

test('S13: refuse is needs-connection, staff asks a person, verify a good code only', async () => {
  const refuse = await offlineRig({ offline: 'refuse' });
  assert.is((await refuse.see(phone)).key, 'needs-connection');
  await refuse.stop();
  const staff = await offlineRig({ offline: 'staff' });
  assert.is((await staff.see(phone)).key, 'staff');
  await staff.stop();
  const verify = await offlineRig();
  const code = await phone.code(verify.now());
  const last = code.at(-1) === '1' ? '2' : '1';
  assert.is((await verify.show(code.slice(0, -1) + last)).verdict?.key, 'forged');
  await verify.stop();
});

test('what the gateway cannot prove is needs-connection, never forged', async () => {
  const rig = await offlineRig();
  const unknown = await guestPhone(99);
  for (const said of [
    await rig.see(unknown),
    await rig.see(phone, { generation: 2 }),
    await rig.see(other, { beacons: 9 }),
  ]) {
    assert.is(said.key, 'needs-connection');
  }
  await rig.stop();
});

test('a line cut for 50 minutes: phones that heard of newer beacons are still proven', async () => {
  const rig = await offlineRig();
  await rig.clock.advance(50 * 60_000);
  assert.is((await rig.see(phone)).key, 'offline');
  await rig.stop();
});

test('a code signed over a beacon replaced 15 minutes ago is stale, by the performance’s policy', async () => {
  const rig = await offlineRig();
  await rig.clock.advance(20 * 60_000 + 1_000);
  assert.is((await rig.see(phone, { beacons: 4 })).key, 'stale-phone');
  await rig.stop();
});

test('blocked, and a phone that was replaced: refused without the cloud too', async () => {
  const rig = await offlineRig({}, [phone.row({ status: 'blocked' }), other.row()]);
  assert.is((await rig.see(phone)).key, 'blocked');
  await rig.stop();
});

test('the hour’s share: so many people, given back grants and the hour after not counted', async () => {
  const rig = await offlineRig({ offlineCap: 1 });
  await rig.see(phone);
  await rig.clock.advance(12_000);
  assert.is((await rig.see(other)).key, 'offline', 'nobody had passed on the first');
  rig.gate.pass();
  await rig.clock.advance(6_000);
  assert.is((await rig.see(third)).key, 'needs-connection');
  rig.clock.stepWall(2 * 3_600_000);
  await rig.clock.advance(6_000);
  assert.is(rig.share.left('secure', 1), 0, 'a wall clock that was moved makes nobody forgotten');
  await rig.clock.advance(3_600_000);
  assert.is(rig.share.left('secure', 1), 1);
  await rig.stop();
});

test('a question given up: admitted under an id of its own that refers to it, cancelled last', async () => {
  const rig = await offlineRig();
  rig.setUplink('connected');
  const shown = rig.show(await phone.code(rig.now()));
  await rig.clock.advance(1_500);
  await shown;
  assert.is(rig.lane.view().verdict?.key, 'offline');
  const [asked] = rig.link.sent('validate');
  assert.equal(rig.link.sent('settle'), [], 'the cloud’s grant keeps other lanes off meanwhile');
  rig.gate.pass();
  await rig.clock.settle();
  const news = rig.link.sent('settle').map(({ kind, scanId }) => [kind, scanId === asked?.scanId]);
  assert.equal(news, [
    ['passed', false],
    ['cancel', true],
  ]);
  const [intent] = rig.rows();
  assert.is(intent?.kind === 'intent' && intent.refersTo, asked?.scanId);
  await rig.stop();
});

test('a late answer opens nothing more', async () => {
  const rig = await offlineRig();
  rig.setUplink('connected');
  const shown = rig.show(await phone.code(rig.now()));
  await rig.clock.advance(1_500);
  await shown;
  rig.gate.pass();
  await rig.clock.settle();
  const scanId = rig.link.sent('validate')[0]?.scanId as string;
  const said = { key: 'ok' as const, details: {} };
  rig.link.deliver('validate', { scanId, verdict: said, grant: { passageMs: 8_000 } });
  await rig.clock.settle();
  assert.is(rig.gate.state.unlocks, 1);
  await rig.stop();
});

test('a question given up and refused here is cancelled at once', async () => {
  const rig = await offlineRig({}, [phone.row({ status: 'cancelled' })]);
  rig.setUplink('connected');
  const shown = rig.show(await phone.code(rig.now()));
  await rig.clock.advance(1_500);
  await shown;
  assert.is(rig.lane.view().verdict?.key, 'cancelled');
  assert.equal(
    rig.link.sent('settle').map(({ kind }) => kind),
    ['cancel'],
  );
  await rig.stop();
});

test('a passage that the cloud granted is known here when the line is cut after it', async () => {
  const rig = await offlineRig({}, undefined, { lanes: 2 });
  rig.setUplink('connected');
  const row = phone.row();
  const about = { ticket: row.id, performance: 'secure', handle: row.handle };
  rig.answer({ ...about, slot: Math.floor(rig.now() / 30_000) });
  const code = await phone.code(rig.now());
  assert.is((await rig.show(code)).verdict?.key, 'ok');
  rig.setUplink('away');
  assert.is((await rig.show(code, 1)).verdict?.key, 'busy', 'while its grant is open');
  rig.gate.pass();
  await rig.clock.advance(6_000);
  assert.is((await rig.show(code, 1)).verdict?.key, 'code-used');
  await rig.stop();
});

test('clock-untrusted after a power cut: regular tickets go on, secure ones wait for the time', async () => {
  const rig = await offlineRig({}, undefined, { lastWall: EVENING + 60_000 });
  assert.is(rig.time.quality(), 'untrusted');
  assert.is((await rig.see(phone)).key, 'clock-untrusted');
  assert.not(isGreen(rig.lane.view().verdict));
  await rig.clock.advance(6_000);
  assert.is((await rig.show(codeOf(1))).verdict?.key, 'ok', 'inside its window');
  rig.gate.pass();
  await rig.clock.advance(6_000);
  const mono = rig.clock.mono();
  const trip = { sent: mono, received: mono, cloudIn: EVENING, cloudOut: EVENING };
  rig.time.measured(trip);
  await rig.clock.advance(6_000);
  assert.is((await rig.see(phone)).key, 'offline', 'the cloud has told the time');
  await rig.stop();
});

test('a machine without a battery for its clock trusts it only once the cloud has spoken', () => {
  const time = createVenueTime(virtualClock(), Number.POSITIVE_INFINITY);
  assert.is(time.quality(), 'untrusted');
  time.measured({ sent: 0, received: 0, cloudIn: EVENING, cloudOut: EVENING });
  assert.is(time.quality(), 'trusted');
});

test('the skew of phones is a lane’s median of its last codes', async () => {
  const rig = await offlineRig();
  assert.is(rig.skew.of('lane-1'), undefined);
  for (const slots of [-1, -1, 0]) {
    await rig.see(phone, { slots });
    await rig.clock.advance(12_000);
  }
  assert.is(rig.skew.of('lane-1'), -1);
  assert.is(rig.skew.of('lane-2'), undefined);
  await rig.stop();
});

test('a steady wrong clock goes to a person, a picture does not', async () => {
  const rig = await offlineRig();
  assert.is((await rig.see(phone, { slots: -3 })).key, 'expired-code');
  await rig.clock.advance(30_000);
  assert.is((await rig.see(phone, { slots: -3 })).key, 'staff');
  await rig.stop();
});

test('promise 5: an exit opens for a guest whose ticket was blocked while he was inside', async () => {
  const inside = phone.row({ used: 1, inside: true, status: 'blocked' });
  const rig = await offlineRig({}, [inside, other.row()], { direction: 'exit' });
  rig.setUplink('connected');
  const seen = rig.see(phone);
  // The phone signs on another thread.
  while (rig.link.sent('validate').length === 0) await rig.clock.settle();
  const [{ scanId } = { scanId: '' }] = rig.link.sent('validate');
  const said = { key: 'exit' as const, details: {} };
  const grant = { passageMs: 8_000 };
  rig.link.deliver('validate', { scanId, verdict: said, grant, ticket: inside.id });
  await rig.clock.settle();
  assert.is((await seen).key, 'exit');
  assert.is(rig.gate.state.unlocks, 1);
  await rig.stop();
});

test('S13: an exit without the cloud opens, and lets back in only whom it knows', async () => {
  const inside = phone.row({ used: 1, inside: true });
  const rig = await offlineRig({ reEntry: true }, [inside, other.row()], { direction: 'exit' });
  assert.is((await rig.see(phone)).key, 'exit');
  rig.gate.pass();
  await rig.clock.settle();
  assert.is(rig.store.findSecure(inside.handle)?.inside, 0);
  const stranger = await guestPhone(1);
  const shown = await rig.see(stranger);
  assert.is(shown.key, 'exit-unmatched');
  await rig.stop();
});

test('somebody who left comes back without the cloud: no use is taken, and the row says so', async () => {
  const outside = phone.row({ used: 1, inside: false });
  const rig = await offlineRig({ reEntry: true }, [outside, other.row()]);
  assert.is((await rig.see(phone)).key, 'offline');
  rig.gate.pass();
  await rig.clock.settle();
  const [intent] = rig.rows();
  assert.is(intent?.kind === 'intent' && intent.free, true);
  assert.is(rig.store.findSecure(outside.handle)?.used, 1);
  await rig.stop();
});

test('promise 2: after a restart used slots, open grants and the share are what they were', async () => {
  const first = await offlineRig({ offlineCap: 2 });
  await first.see(phone);
  first.gate.pass();
  await first.clock.advance(6_000);
  await first.see(other);
  const [opened, passed, left] = first.rows();
  const second = await offlineRig({ offlineCap: 2 });
  const reservations = createReservations(second.clock);
  const ids = [opened, left].map((row) => row?.scanId as string);
  bringBack(
    {
      ...{ lastWall: 0, offline: ids.map((scanId) => ({ scanId, performance: 'secure', age: 0 })) },
      passed: [{ ...passed, stored: false, verdict: 'offline' } as RecoveredPassage],
      unsettled: [{ ...left, isWritten: false } as Unsettled],
    },
    {
      ...{ store: second.store, settles: second.settles, reservations, share: second.share },
      enrolment: { gateway: 'gate' } as Enrolment,
    },
  );
  const found = second.store.findSecure(phone.row().handle);
  assert.equal([found?.used, found?.secure?.burnt], [1, Math.floor(EVENING / 30_000)]);
  assert.is(reservations.of(other.row().id)[0]?.unsettled, true);
  assert.is(second.share.left('secure', 2), 0);
  await Promise.all([first.stop(), second.stop()]);
});

test.run();
