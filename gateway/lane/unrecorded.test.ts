import type { JournalBody } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { laneRig, type RigOptions } from '../test/lane-rig.ts';
import { codeOf } from '../test/samples.ts';

const open: RigOptions = { withoutJournal: 'open', tickets: 400 };
const FULL = 'journal-disk-full';
type Rig = Awaited<ReturnType<typeof laneRig>>;

/** A guest with this ticket comes and walks through if the lane opens. */
async function comes(rig: Rig, number: number) {
  const view = await rig.show(codeOf(number));
  rig.gate.pass();
  await rig.clock.advance(2_000);
  return view.verdict?.key;
}

const ofTicket = (rows: readonly JournalBody[], number: number) =>
  rows
    .filter(({ ticket }) => ticket === `ticket-${number}`)
    .map((row) => (row.kind === 'result' ? row.result : row.kind));

test('an entrance set so goes on with a full disk, and says all the time that nothing is kept', async () => {
  const rig = await laneRig(open);
  assert.is(rig.lane.view().unrecorded, undefined);
  rig.disk.fail(FULL);
  assert.is(await comes(rig, 1), 'ok');
  assert.is(await comes(rig, 2), 'ok');
  assert.is(rig.gate.state.unlocks, 2);
  const { state, fault, unrecorded } = rig.lane.view();
  assert.equal([state, fault, unrecorded], ['idle', undefined, FULL]);
  await rig.clock.advance(20_000);
  assert.is(rig.lane.view().unrecorded, FULL);
  const lanes = rig.events.flatMap((event) => (event.type === 'lane' ? [event] : []));
  assert.is(lanes.at(-1)?.unrecorded, FULL, 'screens are told');
  assert.equal(rig.rows(), []);
  await rig.stop();
});

test('no ticket admits twice while the record is missing, and no other rule is given up', async () => {
  const rig = await laneRig(open);
  rig.disk.fail(FULL);
  assert.is(await comes(rig, 1), 'ok');
  await rig.clock.advance(60_000);
  assert.is(await comes(rig, 1), 'already-used');
  assert.is((await rig.show('NOBODY KNOWS THIS')).verdict?.key, 'unknown');
  assert.is(rig.gate.state.unlocks, 1);
  await rig.stop();
});

test('the cloud hears of each passage at once, and of all rows in order when the disk is back', async () => {
  const rig = await laneRig(open);
  rig.setUplink('connected');
  rig.disk.fail(FULL);
  await comes(rig, 1);
  await comes(rig, 2);
  const live = rig.link.sent('settle').map(({ kind, ticket }) => [kind, ticket]);
  assert.equal([live.slice(0, 1), live.at(-1)], [[['passed', 'ticket-1']], ['passed', 'ticket-2']]);
  rig.disk.fail(undefined);
  await rig.clock.advance(6_000);
  assert.is(rig.lane.view().unrecorded, undefined);
  assert.equal(ofTicket(rig.rows(), 1), ['intent', 'passed']);
  assert.equal(ofTicket(rig.rows(), 2), ['intent', 'passed']);
  assert.is(rig.story()[0], 'event:fault', 'it says what was wrong');
  await rig.stop();
});

test('a result never stands before its intent, also when the disk comes back between them', async () => {
  const rig = await laneRig(open);
  rig.disk.fail(FULL);
  await rig.show(codeOf(1));
  rig.disk.fail(undefined);
  rig.gate.pass();
  await rig.clock.advance(6_000);
  assert.equal(ofTicket(rig.rows(), 1), ['intent', 'passed']);
  await rig.stop();
});

test('one guest waits for a disk that hangs, those after him do not', async () => {
  const rig = await laneRig(open);
  const { promise, resolve } = Promise.withResolvers<void>();
  rig.disk.slow(promise);
  await rig.show(codeOf(1));
  assert.is(rig.gate.state.unlocks, 0);
  await rig.clock.advance(3_000);
  assert.is(rig.gate.state.unlocks, 1);
  assert.is(rig.lane.view().unrecorded, 'journal-slow');
  rig.gate.pass();
  await rig.clock.advance(100);
  await rig.show(codeOf(2));
  assert.is(rig.gate.state.unlocks, 2);
  rig.gate.pass();
  resolve();
  await rig.stop();
});

test('what did not fit into memory is counted, and the journal says so', async () => {
  const rig = await laneRig(open);
  rig.disk.fail(FULL);
  for (let number = 1; number <= 300; number++) assert.is(await comes(rig, number), 'ok');
  rig.disk.fail(undefined);
  await rig.clock.advance(6_000);
  const gaps = rig
    .rows()
    .flatMap((row) => (row.kind === 'event' && row.event === 'gap' ? [row] : []));
  assert.equal(
    gaps.map(({ code }) => code),
    ['journal-rows-given-up'],
  );
  assert.is(rig.rows().length, 502, 'the fault, the gap, and what was owed');
  assert.equal(ofTicket(rig.rows(), 300), ['intent', 'passed']);
  await rig.stop();
});

test('other faults close it all the same; without the setting a full disk does', async () => {
  const rig = await laneRig(open);
  rig.disk.fail(FULL);
  rig.gate.health({ ok: false, code: 'turnstile-fault' });
  await rig.clock.settle();
  assert.equal([rig.lane.view().state, rig.lane.view().fault], ['closed', 'turnstile-fault']);
  assert.is((await rig.show(codeOf(1))).verdict?.key, 'lane-closed');
  await rig.stop();
  const shut = await laneRig({ withoutJournal: 'close' });
  shut.disk.fail(FULL);
  assert.is((await shut.show(codeOf(1))).verdict?.key, 'fault');
  assert.equal([shut.gate.state.unlocks, shut.lane.view().fault], [0, FULL]);
  await shut.stop();
});

test.run();
