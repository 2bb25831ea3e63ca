import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { laneRig } from '../test/lane-rig.ts';
import { codeOf, secureTextOf } from '../test/samples.ts';

test('step 4: a slow disk is shown after 500 ms and closes the lane with fault after 3 s', async () => {
  const rig = await laneRig();
  const { promise, resolve } = Promise.withResolvers<void>();
  rig.disk.slow(promise);
  await rig.show(codeOf(1));
  await rig.clock.advance(499);
  assert.is(rig.gate.state.signal, 'read');
  await rig.clock.advance(1);
  assert.is(rig.gate.state.signal, 'wait');
  await rig.clock.advance(2_500);
  const view = rig.lane.view();
  assert.equal([view.state, view.fault, view.verdict?.key], ['closed', 'journal-slow', 'fault']);
  rig.disk.slow(undefined);
  resolve();
  await rig.clock.advance(10_000);
  assert.is(rig.lane.view().state, 'idle');
  assert.is(rig.gate.state.unlocks, 0);
  assert.ok(rig.story().includes('result:cancelled'));
  await rig.stop();
});

test('promise 4: a full disk closes the lane visibly; with space again it reopens and owes nothing', async () => {
  const rig = await laneRig();
  await rig.show(codeOf(1));
  rig.disk.fail('journal-disk-full');
  rig.gate.pass();
  await rig.clock.settle();
  assert.is(rig.lane.view().fault, 'journal-disk-full');
  assert.is(rig.lane.view().state, 'closed');
  assert.is((await rig.show(codeOf(2))).verdict?.key, 'lane-closed');
  assert.is(rig.gate.state.unlocks, 1);
  await rig.clock.advance(10_000);
  assert.is(rig.lane.view().state, 'closed');
  rig.disk.fail(undefined);
  await rig.clock.advance(5_000);
  assert.is(rig.lane.view().state, 'idle');
  assert.equal(rig.story(), ['intent', 'event:fault', 'result:passed', 'refusal:lane-closed']);
  assert.is((await rig.show(codeOf(3))).verdict?.key, 'ok');
  await rig.stop();
});

test('promise 5: an exit opens with a full disk, a closed lane, no cloud and an unknown code', async () => {
  const rig = await laneRig({ direction: 'exit' });
  rig.disk.fail('journal-disk-full');
  assert.is((await rig.show('ANYTHING')).verdict?.key, 'exit-unmatched');
  assert.is(rig.gate.state.unlocks, 1);
  rig.gate.pass();
  await rig.clock.advance(200);
  await rig.show(codeOf(1));
  assert.is(rig.gate.state.unlocks, 2);
  rig.gate.pass();
  await rig.clock.settle();
  rig.disk.fail(undefined);
  await rig.clock.advance(6_000);
  assert.equal(rig.story().filter((row) => row === 'result:passed').length, 2);
  await rig.stop();
});

test('step 2: an exit whose question stays unanswered opens under a scan id of its own', async () => {
  const rig = await laneRig({ direction: 'exit' });
  rig.setUplink('connected');
  await rig.show(secureTextOf('1'));
  await rig.clock.advance(1_500);
  assert.is(rig.gate.state.unlocks, 1);
  const [intent] = rig.rows();
  assert.ok(intent?.kind === 'intent' && intent.refersTo);
  const [request] = rig.link.sent('validate');
  assert.is(intent?.kind === 'intent' && intent.refersTo, request?.scanId);
  assert.is.not(intent?.scanId, request?.scanId);
  assert.equal(
    rig.link.sent('settle').map(({ kind, scanId }) => [kind, scanId]),
    [['cancel', request?.scanId]],
  );
  await rig.stop();
});

test('step 2: a question is repeated once with its scan id, given up at 1,500 ms, and cancelled', async () => {
  const rig = await laneRig();
  rig.setUplink('connected');
  await rig.show(secureTextOf('1'));
  await rig.clock.advance(499);
  assert.is(rig.link.sent('validate').length, 1);
  await rig.clock.advance(1);
  await rig.clock.advance(999);
  assert.is(rig.lane.view().state, 'deciding');
  await rig.clock.advance(1);
  const [first, second] = rig.link.sent('validate');
  assert.equal([first?.attempt, second?.attempt], [1, 2]);
  assert.is(first?.scanId, second?.scanId);
  assert.is(rig.lane.view().verdict?.key, 'needs-connection');
  rig.link.deliver('validate', {
    scanId: first!.scanId,
    verdict: { key: 'ok', details: {} },
    grant: { passageMs: 8_000 },
  });
  await rig.clock.advance(2_000);
  assert.is(rig.gate.state.unlocks, 0, 'promise 4: a late answer is never green');
  const cancels = rig.link.sent('settle').filter(({ kind }) => kind === 'cancel');
  assert.ok(cancels.length > 1, 'step 7: cancel is sent until it is acknowledged');
  rig.link.deliver('settle', { scanId: first!.scanId, kind: 'cancel' });
  await rig.clock.advance(4_000);
  assert.is(rig.link.sent('settle').length, cancels.length);
  await rig.stop();
});

test('promise 4: an admit without a grant does not open', async () => {
  const rig = await laneRig();
  rig.setUplink('connected');
  rig.answer({ grant: undefined, ended: 'passed' });
  assert.is((await rig.show(secureTextOf('2'))).verdict?.key, 'fault');
  assert.is(rig.gate.state.unlocks, 0);
  await rig.stop();
});

test('a ticket that the cloud admitted is used here at once, before its row comes down', async () => {
  const rig = await laneRig();
  rig.setUplink('connected');
  rig.answer({ ticket: 'ticket-77' });
  await rig.show(codeOf(77));
  rig.gate.pass();
  await rig.clock.settle();
  const { row } = rig.store.find(codeOf(1))!;
  const late = { ...row, id: 'ticket-77', digest: rig.store.digest(codeOf(77)) };
  rig.store.apply(
    {
      ...{ requestId: row.id, from: 1, cursor: 2, more: false, tickets: [late] },
      performances: [rig.store.find(codeOf(1))!.performance!],
    },
    new Set(),
  );
  await rig.clock.advance(6_000);
  assert.is((await rig.show(codeOf(77))).verdict?.key, 'already-used');
  await rig.stop();
});

test('emergency: a grant is given back, no lamp says anything else, and the lane follows', async () => {
  const rig = await laneRig();
  await rig.show(codeOf(1));
  rig.gate.fire(true);
  await rig.clock.settle();
  assert.is(rig.gate.state.signal, 'emergency');
  rig.gate.pass();
  assert.is((await rig.show(codeOf(2))).state, 'emergency');
  assert.is(rig.gate.state.signal, 'emergency');
  rig.gate.fire(false);
  await rig.clock.settle();
  assert.is(rig.lane.view().state, 'idle');
  assert.equal(rig.story(), [
    'intent',
    'result:released',
    'event:emergency',
    'event:emergency-over',
  ]);
  await rig.stop();
});

test('emergency while deciding: the relay is not told to open', async () => {
  const rig = await laneRig();
  const { promise, resolve } = Promise.withResolvers<void>();
  rig.disk.slow(promise);
  await rig.show(codeOf(1));
  rig.gate.fire(true);
  resolve();
  await rig.clock.advance(5_000);
  assert.is(rig.gate.state.unlocks, 0);
  assert.is(rig.gate.state.signal, 'emergency');
  assert.is(rig.lane.view().state, 'emergency');
  await rig.stop();
});

test('a relay that reads back stuck closes the lane until it lets go', async () => {
  const rig = await laneRig();
  rig.gate.state.lockWorks = false;
  await rig.show(codeOf(1));
  rig.gate.pass();
  await rig.clock.settle();
  assert.equal([rig.lane.view().state, rig.lane.view().fault], ['closed', 'turnstile-relay-stuck']);
  await rig.clock.advance(6_000);
  assert.is(rig.lane.view().state, 'closed');
  rig.gate.state.lockWorks = true;
  await rig.clock.advance(5_000);
  assert.is(rig.lane.view().state, 'idle');
  await rig.stop();
});

test('a relay found stuck while the next code is being decided does not open once more', async () => {
  const rig = await laneRig();
  await rig.show(codeOf(1));
  await rig.show(codeOf(2));
  const { promise, resolve } = Promise.withResolvers<void>();
  rig.disk.slow(promise);
  rig.gate.state.lockWorks = false;
  rig.gate.pass();
  assert.is(rig.lane.view().state, 'deciding', 'the next guest stood there already');
  assert.is(rig.lane.view().fault, undefined, 'the relay has not answered yet');
  await rig.clock.settle();
  resolve();
  await rig.clock.settle();
  assert.equal([rig.lane.view().state, rig.lane.view().fault], ['closed', 'turnstile-relay-stuck']);
  assert.is(rig.gate.state.unlocks, 1);
  assert.is(rig.lane.view().verdict?.key, 'fault');
  const ends = rig.story().filter((row) => row.startsWith('result'));
  assert.equal(ends, ['result:passed', 'result:cancelled']);
  rig.gate.state.lockWorks = true;
  await rig.clock.advance(10_000);
  assert.is((await rig.show(codeOf(2))).verdict?.key, 'ok', 'nobody is burnt');
  await rig.stop();
});

test('a turnstile that does not take the command: nobody is burnt, the lane closes and tries again', async () => {
  const rig = await laneRig();
  rig.gate.refuse(new Error('no wire'));
  const view = await rig.show(codeOf(1));
  assert.equal([view.state, view.fault], ['closed', 'turnstile-fault']);
  assert.ok(rig.story().includes('result:cancelled'));
  rig.gate.refuse(undefined);
  await rig.clock.advance(6_000);
  await rig.show(codeOf(1));
  assert.is(rig.gate.state.unlocks, 1);
  await rig.stop();
});

test('a device’s own word closes and opens the lane', async () => {
  const rig = await laneRig();
  rig.gate.health({ ok: false, code: 'turnstile-disconnected' });
  assert.is(rig.lane.view().fault, 'turnstile-disconnected');
  rig.gate.health({ ok: true });
  assert.is(rig.lane.view().state, 'idle');
  await rig.stop();
});

test('a turnstile that was away during a grant leaves the ticket to a person: somebody may have passed', async () => {
  const rig = await laneRig({ staffed: true });
  assert.is((await rig.show(codeOf(1))).verdict?.key, 'ok');
  rig.gate.health({ ok: false, code: 'turnstile-disconnected' });
  await rig.clock.advance(1_000);
  rig.gate.health({ ok: true });
  await rig.clock.advance(10_000);
  const ends = rig.story().filter((row) => row.startsWith('result'));
  assert.equal(ends, ['result:unsettled']);
  const again = await rig.show(codeOf(1));
  assert.equal([again.verdict?.key, rig.gate.state.unlocks], ['staff', 1]);
  assert.is((await rig.show(codeOf(2))).verdict?.key, 'ok', 'the next guest is none the worse');
  rig.gate.pass();
  await rig.clock.settle();
  assert.is(rig.story().filter((row) => row === 'result:passed').length, 1);
  await rig.stop();
});

test('a passage that was seen before the turnstile went away counts', async () => {
  const rig = await laneRig();
  await rig.show(codeOf(1));
  rig.gate.pass();
  rig.gate.health({ ok: false, code: 'turnstile-disconnected' });
  await rig.clock.advance(10_000);
  assert.equal(
    rig.story().filter((row) => row.startsWith('result')),
    ['result:passed'],
  );
  await rig.stop();
});

test.run();
