import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LaneView } from '../web/events.ts';
import type { Check } from './api.ts';
import { doctor } from './doctor.ts';

/** What doctor says of a gateway whose only lane is like this. */
function said(lane: Partial<LaneView>, reader?: object): (check: Check['check']) => string {
  const house = {
    status: () => ({ lanes: [{ lane: 'lane-1', ...lane }], uplink: 'connected' }),
    readers: () =>
      reader ? [{ kind: 'camera', lane: 'lane-1', name: 'camera 1', ...reader }] : [],
    entrance: () => undefined,
  };
  const desk = { house, certificate: () => undefined, now: () => 0 };
  const checks = doctor(desk as unknown as Parameters<typeof doctor>[0]);
  return (wanted) => {
    const { state, code } = checks.find(({ check }) => check === wanted) ?? {};
    return `${state} ${code}`;
  };
}

test('a lane without a fault has a board and a relay that are well', () => {
  const of = said({});
  assert.equal([of('board'), of('relay')], ['ok board-ok', 'ok relay-ok']);
  assert.is(of('disk'), 'ok disk-ok');
  assert.is(of('camera'), 'absent camera-none');
});

test('a board whose driver, wire or pins say no is named with their code', () => {
  for (const fault of ['turnstile-no-answer', 'wire-missing', 'gpio-line-busy']) {
    const of = said({ fault });
    assert.equal([of('board'), of('relay')], [`failed ${fault}`, 'ok relay-ok']);
  }
  const stuck = said({ fault: 'turnstile-relay-stuck' });
  assert.equal([stuck('board'), stuck('relay')], ['ok board-ok', 'failed turnstile-relay-stuck']);
});

test('a camera whose lens is dirty is warned of, one that is lost has failed', () => {
  const dirty = { figures: { alarms: ['lens-dirty', 'lens-glare'] } };
  assert.is(said({}, { ok: true })('camera'), 'ok camera-ok');
  assert.is(said({}, { ok: true, ...dirty })('camera'), 'warning lens-dirty');
  assert.is(said({}, { ok: false, ...dirty })('camera'), 'failed camera-silent');
});

test('a journal that can’t be written is the disk’s fault, whether it closes the lane or not', () => {
  for (const lane of [{ fault: 'journal-failed' }, { unrecorded: 'journal-failed' }]) {
    const of = said(lane);
    assert.equal([of('disk'), of('board')], ['failed journal-failed', 'ok board-ok']);
  }
});

test('a lane that a person has closed is no fault of any device', () => {
  const of = said({ fault: 'lane-shut' });
  assert.equal(
    [of('board'), of('relay'), of('disk')].map((one) => one.slice(0, 2)),
    [...['ok', 'ok', 'ok']],
  );
});

test.run();
