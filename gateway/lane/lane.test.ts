import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { laneRig } from '../test/lane-rig.ts';
import { codeOf, secureTextOf } from '../test/samples.ts';

test('step 3 and 4: the intent is on disk before the relay, the result after the passage', async () => {
  const rig = await laneRig();
  const { promise, resolve } = Promise.withResolvers<void>();
  rig.disk.slow(promise);
  await rig.show(codeOf(1));
  assert.is(rig.gate.state.unlocks, 0);
  resolve();
  await rig.clock.settle();
  assert.equal(rig.story(), ['intent']);
  assert.is(rig.gate.state.unlocks, 1);
  assert.is(rig.gate.state.signal, 'go');
  rig.gate.pass();
  await rig.clock.settle();
  assert.equal(rig.story(), ['intent', 'result:passed']);
  assert.is(rig.gate.state.open, false);
  assert.is(rig.lane.view().state, 'idle');
  await rig.stop();
});

test('step 1: a re-read under an open grant shows go again but neither pulses nor lengthens', async () => {
  const rig = await laneRig();
  const view = await rig.hold(codeOf(1), 6_800);
  assert.is(view.state, 'granted');
  assert.ok(view.reads > 30);
  assert.is(rig.gate.state.unlocks, 1);
  await rig.clock.advance(200);
  assert.is(rig.gate.state.open, false);
  await rig.stop();
});

test('step 1: after the commit a code that is still held out is just-admitted, not silent', async () => {
  const rig = await laneRig();
  await rig.show(codeOf(1));
  rig.gate.pass();
  await rig.clock.advance(200);
  const view = await rig.show(codeOf(1));
  assert.is(view.verdict?.key, 'just-admitted');
  assert.is(rig.gate.state.signal, 'stop');
  await rig.clock.advance(2_000);
  assert.is((await rig.show(codeOf(1))).verdict?.key, 'just-admitted');
  await rig.clock.advance(6_000);
  assert.is((await rig.show(codeOf(1))).verdict?.key, 'already-used');
  assert.is(rig.gate.state.unlocks, 1);
  await rig.stop();
});

test('step 5: nobody passes, so the same ticket is admitted again once it was taken away', async () => {
  const rig = await laneRig();
  await rig.hold(codeOf(1), 8_000);
  assert.equal(rig.story(), ['intent', 'result:released']);
  const held = await rig.hold(codeOf(1), 3_000);
  assert.is(held.verdict?.key, 'busy');
  assert.is(rig.gate.state.unlocks, 1);
  await rig.clock.advance(1_600);
  assert.is((await rig.show(codeOf(1))).verdict?.key, 'ok');
  assert.is(rig.gate.state.unlocks, 2);
  await rig.stop();
});

test('step 5: an edge within 500 ms of the time out still commits; up to 5 s after a release it is late', async () => {
  const rig = await laneRig();
  await rig.show(codeOf(1));
  await rig.clock.advance(7_300);
  assert.is(rig.gate.state.open, false);
  rig.gate.pass();
  await rig.show(codeOf(2));
  await rig.clock.advance(7_600);
  rig.gate.pass();
  await rig.clock.advance(4_000);
  rig.gate.pass();
  await rig.clock.settle();
  assert.equal(rig.story(), [
    'intent',
    'result:passed',
    'intent',
    'result:released',
    'result:late',
    'event:tailgate',
  ]);
  assert.is(rig.store.find(codeOf(2))?.used, 1);
  await rig.stop();
});

test('step 5: a lane without a sensor commits at once, remembers 10 s and lets the next guest in', async () => {
  const rig = await laneRig({ sensor: false });
  await rig.show(codeOf(1));
  assert.equal(rig.story(), ['intent', 'result:passed']);
  await rig.clock.advance(500);
  assert.is((await rig.show(codeOf(1))).verdict?.key, 'ok');
  await rig.clock.advance(1_700);
  assert.is((await rig.show(codeOf(1))).verdict?.key, 'just-admitted');
  await rig.hold(codeOf(2), 1_000);
  assert.is(rig.gate.state.unlocks, 2);
  await rig.clock.advance(7_500);
  assert.is((await rig.show(codeOf(1))).verdict?.key, 'already-used');
  await rig.stop();
});

test('promise 5: the next guest’s code, read while the lane is busy, gets its answer', async () => {
  const rig = await laneRig();
  await rig.show(codeOf(1));
  await rig.show(codeOf(2));
  assert.is(rig.gate.state.signal, 'go');
  await rig.clock.advance(1_000);
  rig.gate.pass();
  await rig.clock.settle();
  assert.is(rig.gate.state.unlocks, 2);
  assert.is(rig.lane.view().label, undefined);
  rig.gate.pass();
  await rig.clock.settle();
  assert.is(rig.store.find(codeOf(2))?.used, 1);
  await rig.show(codeOf(3));
  await rig.show(codeOf(4));
  await rig.clock.advance(8_000);
  assert.is(rig.gate.state.unlocks, 3);
  await rig.stop();
});

test('promise 5: two codes in view are told apart and each is judged once', async () => {
  const rig = await laneRig();
  for (let i = 0; i < 10; i++) {
    await rig.show('NOBODY-1');
    await rig.clock.advance(100);
    assert.is((await rig.show('NOBODY-2')).verdict?.key, 'unknown');
    await rig.clock.advance(100);
  }
  assert.equal(rig.story(), ['refusal:unknown', 'refusal:unknown']);
  await rig.stop();
});

test('promise 5: a code held out is judged again when its reason to refuse may have passed', async () => {
  const rig = await laneRig();
  const code = secureTextOf('1');
  assert.is((await rig.hold(code, 2_000)).verdict?.key, 'needs-connection');
  rig.setUplink('connected');
  rig.answer({ ticket: 'secure-1', handle: '0102030405', slot: 60_000_000 });
  await rig.hold(code, 4_000);
  assert.is(rig.gate.state.unlocks, 1);
  await rig.stop();
});

test('step 2: two lanes in the same moment can’t both admit one ticket', async () => {
  const rig = await laneRig({ lanes: 2 });
  const [first, second] = await Promise.all([rig.show(codeOf(1), 0), rig.show(codeOf(1), 1)]);
  assert.equal([first.verdict?.key, second.verdict?.key], ['ok', 'busy']);
  assert.is(rig.turnstiles[1]!.state.unlocks, 0);
  await rig.stop();
});

test('step 3: a ticket blocked while the intent is written does not open', async () => {
  const rig = await laneRig();
  const { promise, resolve } = Promise.withResolvers<void>();
  rig.disk.slow(promise);
  await rig.show(codeOf(1));
  const { row } = rig.store.find(codeOf(1))!;
  const change = { tickets: [{ ...row, status: 'blocked' as const }], from: 1, cursor: 2 };
  rig.store.apply(
    {
      requestId: row.id,
      more: false,
      performances: [rig.store.find(codeOf(1))!.performance!],
      ...change,
    },
    new Set(),
  );
  resolve();
  await rig.clock.settle();
  assert.is(rig.gate.state.unlocks, 0);
  assert.equal(rig.story(), ['intent', 'result:cancelled']);
  await rig.stop();
});

test('step 3: a late passage of the grant before ends the one under way', async () => {
  const rig = await laneRig();
  await rig.show(codeOf(1));
  await rig.clock.advance(9_000);
  const { promise, resolve } = Promise.withResolvers<void>();
  rig.disk.slow(promise);
  await rig.show(codeOf(1));
  rig.gate.pass();
  resolve();
  await rig.clock.settle();
  assert.is(rig.gate.state.unlocks, 1);
  assert.is(rig.store.find(codeOf(1))?.used, 1);
  await rig.stop();
});

test('step 3: a passage before the command is confirmed is a passage, not a tailgate', async () => {
  const rig = await laneRig();
  const { promise, resolve } = Promise.withResolvers<void>();
  rig.gate.holdUnlock(promise);
  await rig.show(codeOf(1));
  rig.gate.pass();
  resolve();
  await rig.clock.settle();
  assert.equal(rig.story(), ['intent', 'result:passed']);
  assert.is(rig.lane.view().state, 'idle');
  await rig.stop();
});

test('step 3: the policy hook may refuse, is not waited for, and keeps nobody in', async () => {
  const never = new Promise<string>(() => {});
  const refusing = await laneRig({ policy: async () => 'no bags' });
  const view = await refusing.show(codeOf(1));
  assert.equal(view.verdict, { key: 'policy', details: { reason: 'no bags' } });
  assert.equal(refusing.story(), ['refusal:policy']);
  await refusing.stop();
  for (const policy of [() => never, () => Promise.reject(new Error('no'))]) {
    const rig = await laneRig({ policy });
    await rig.show(codeOf(1));
    await rig.clock.advance(60);
    assert.is(rig.gate.state.unlocks, 1);
    await rig.stop();
  }
  const exit = await laneRig({ direction: 'exit', policy: async () => 'stay' });
  await exit.show(codeOf(1));
  assert.is(exit.gate.state.unlocks, 1);
  await exit.stop();
});

test('an unknown code leaves HMAC, length and symbology, and its text nowhere', async () => {
  const rig = await laneRig();
  for (const code of ['SECRET-TEXT-OF-NOBODY', codeOf(999), 'GHC1:SECRET', 'S'.repeat(4_000), '']) {
    assert.is((await rig.show(code)).verdict?.key, 'unknown');
  }
  await rig.show(codeOf(1));
  const [first] = rig.rows();
  assert.is(first?.kind === 'refusal' && first.read?.length, 21);
  const traces = JSON.stringify([rig.rows(), rig.logged, rig.events]);
  for (const text of ['SECRET', 'SSSS', codeOf(999), codeOf(1)])
    assert.not.ok(traces.includes(text));
  await rig.stop();
});

test('stop gives an unused grant back, finishes what is being decided and leaves the relay off', async () => {
  const rig = await laneRig({ lanes: 2 });
  await rig.show(codeOf(1), 0);
  const { promise, resolve } = Promise.withResolvers<void>();
  rig.disk.slow(promise);
  await rig.show(codeOf(2), 1);
  const stopped = rig.stop();
  resolve();
  await stopped.catch(() => undefined);
  assert.is(rig.turnstiles[1]!.state.unlocks, 0);
  assert.is(rig.turnstiles[0]!.state.open, false);
});

test('promise 2: somebody passes late while the cloud is asked about a newer code of the ticket', async () => {
  for (const when of ['before the answer', 'after it']) {
    const rig = await laneRig();
    rig.setUplink('connected');
    const about = { ticket: 'secure-1', handle: '0102030405' };
    rig.answer({ ...about, slot: 60_000_000 });
    await rig.show(secureTextOf('1'));
    await rig.clock.advance(7_600);
    const { promise, resolve } = Promise.withResolvers<void>();
    if (when === 'after it') rig.disk.slow(promise);
    rig.link.react('validate', ({ scanId }) => {
      if (when === 'before the answer') rig.gate.pass();
      const ok = { key: 'ok' as const, details: {} };
      const answer = { ...about, slot: 60_000_001, verdict: ok, grant: { passageMs: 8_000 } };
      rig.link.deliver('validate', { scanId, ...answer });
    });
    await rig.show(secureTextOf('2'));
    if (when === 'after it') rig.gate.pass();
    resolve();
    await rig.clock.settle();
    assert.is(rig.lane.view().verdict?.key, 'busy', when);
    assert.is(rig.gate.state.unlocks, 1, when);
    const told = rig.link.sent('settle').map(({ kind, late }) => (late ? 'late' : kind));
    assert.equal(told, ['released', 'late', 'cancel'], when);
    await rig.stop();
  }
});

test('promise 2: a guest who is through when the gateway is stopped is counted, though the sensor tells of it later', async () => {
  const rig = await laneRig();
  await rig.show(codeOf(1));
  const stopped = rig.lane.stop();
  await rig.clock.settle();
  assert.is(rig.gate.state.open, false, 'the relay does not wait');
  rig.gate.pass();
  await rig.clock.advance(500);
  await stopped;
  assert.equal(rig.story(), ['intent', 'result:passed']);
  assert.is(rig.store.find(codeOf(1))?.used, 1);
  await rig.stop();
});

test.run();
