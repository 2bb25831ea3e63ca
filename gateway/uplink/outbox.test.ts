import type { SettleRequest } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createCloudQuestion } from '../admission/index.ts';
import { createVenueTime } from '../clock.ts';
import { silentLog } from '../log.ts';
import { fakeLink } from '../test/fake-link.ts';
import { EVENING, scanIdOf } from '../test/samples.ts';
import { virtualClock } from '../test/virtual-clock.ts';
import { createPulse } from './heartbeat.ts';
import { createSettles } from './settles.ts';

function rig(answersBeats = true) {
  const clock = virtualClock();
  const link = fakeLink();
  const time = createVenueTime(clock, 0);
  const far = { answersBeats };
  link.react('heartbeat', ({ beat, mono }) => {
    const now = clock.wall() + 5_000;
    if (far.answersBeats) link.deliver('heartbeat', { beat, mono, received: now, sent: now });
  });
  const states: string[] = [];
  const pulse = createPulse({
    ...{ link, clock, time },
    report: () => ({ software: 'x', cursor: null, queue: { rows: 0, settles: 0 }, lanes: [] }),
    onChange(state) {
      states.push(state);
      if (state !== 'connected') question.giveUp();
    },
  });
  const question = createCloudQuestion({ link, clock, log: silentLog, pulse });
  pulse.start();
  question.start();
  return { clock, link, time, far, states, pulse, question };
}

function asked(
  question: ReturnType<typeof rig>['question'],
  number: number,
  clock: { mono(): number },
) {
  const began = clock.mono();
  const at = { wall: EVENING, mono: 0, boot: 'b', offset: null, uncertainty: null } as const;
  return question
    .ask({
      ...{ scanId: scanIdOf(number), lane: 'lane-1', code: 'X', direction: 'entry' },
      ...{ at: { ...at, quality: 'plausible' }, passageMs: 8_000 },
    })
    .then((answer) => ({ answer, waited: clock.mono() - began }));
}

test('step 2: 2 s without a beat make the uplink suspect, the next answer trusts it again', async () => {
  const { clock, link, far, states, pulse } = rig();
  link.connect(true);
  assert.equal(states, ['suspect', 'connected'].slice(-1));
  far.answersBeats = false;
  await clock.advance(2_001);
  assert.is(pulse.state, 'suspect');
  far.answersBeats = true;
  await clock.advance(1_000);
  assert.is(pulse.state, 'connected');
  link.connect(false);
  assert.is(pulse.state, 'away');
});

test('a session that stays silent is given up for another, long before its keep-alive', async () => {
  const { clock, link, far } = rig();
  let renewed = 0;
  link.renew = () => {
    renewed += 1;
    link.connect(false);
  };
  link.connect(true);
  far.answersBeats = false;
  await clock.advance(5_000);
  assert.is(renewed, 0);
  await clock.advance(3_000);
  assert.is(renewed, 1);
  await clock.advance(20_000);
  assert.is(renewed, 1, 'what is not up is not given up');
});

test('step 2: at most two guests wait out a deadline per outage, also where beats are answered', async () => {
  const { clock, link, pulse, question } = rig();
  link.connect(true);
  const waits: Promise<{ waited: number }>[] = [];
  for (let number = 1; number <= 6; number++) {
    if (pulse.state === 'connected') waits.push(asked(question, number, clock));
    await clock.advance(700);
  }
  await clock.advance(2_000);
  const full = (await Promise.all(waits)).filter(({ waited }) => waited >= 1_500);
  assert.is(full.length, 2);
  assert.is(pulse.state, 'suspect');
  await clock.advance(8_000);
  assert.is(pulse.state, 'connected', 'one guest tries again later');
  void asked(question, 9, clock);
  await clock.advance(1_600);
  assert.is(pulse.state, 'suspect');
});

test('a question that the cloud rejects is answered: it makes nothing suspect', async () => {
  const { clock, link, pulse, question } = rig();
  link.connect(true);
  link.react('validate', ({ scanId }) =>
    link.deliver('rejected', { topic: 'validate', code: 'message-invalid', message: 'no', scanId }),
  );
  for (let number = 1; number <= 3; number++) {
    const { answer, waited } = await asked(question, number, clock);
    assert.equal([answer, waited], [undefined, 0]);
  }
  assert.is(pulse.state, 'connected');
});

test('venue time follows the cloud, whatever this machine’s wall clock is set to', async () => {
  const { clock, link, time } = rig();
  assert.is(time.quality(), 'plausible');
  link.connect(true);
  assert.is(time.quality(), 'trusted');
  const before = time.now();
  assert.is(before, clock.wall() + 5_000);
  clock.stepWall(-3_600_000);
  assert.is(time.now(), before);
  assert.is(time.stamp().wall + (time.stamp().offset ?? 0), before);
  assert.is(createVenueTime(clock, before + 1).quality(), 'untrusted');
});

function news(number: number, kind: SettleRequest['kind']): SettleRequest {
  const at = { wall: EVENING, mono: 0, boot: 'b', offset: null, uncertainty: null };
  return {
    ...{ scanId: scanIdOf(number), kind, lane: 'lane-1', direction: 'entry' },
    at: { ...at, quality: 'plausible' },
  };
}

test('step 7: an end goes up at once and again until it is acknowledged, also after an outage', async () => {
  const clock = virtualClock();
  const link = fakeLink();
  const settles = createSettles({ link, clock });
  settles.start();
  settles.send(news(1, 'released'));
  assert.is(settles.waiting, 1);
  link.connect(true);
  assert.is(link.sent('settle').length, 1);
  await clock.advance(2_000);
  assert.is(link.sent('settle').length, 2);
  link.deliver('settle', { scanId: scanIdOf(1), kind: 'released' });
  await clock.advance(4_000);
  assert.equal([link.sent('settle').length, settles.waiting], [2, 0]);
  assert.not.ok(settles.settled.has(scanIdOf(1)), 'a release taken says nothing of a late passage');
  settles.send(news(1, 'passed'));
  link.deliver('settle', { scanId: scanIdOf(1), kind: 'passed' });
  assert.ok(settles.settled.has(scanIdOf(1)));
  settles.stop();
});

test('step 7: too much news drops the oldest, which the journal still carries', async () => {
  const clock = virtualClock();
  const link = fakeLink();
  const settles = createSettles({ link, clock });
  settles.start();
  for (let number = 1; number <= 1_500; number++) settles.send(news(number, 'passed'));
  assert.is(settles.waiting, 1_000);
  link.connect(true);
  assert.equal([link.sent('settle').length, link.sent('settle')[0]?.scanId], [100, scanIdOf(501)]);
  settles.stop();
});

test.run();
