import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nextTicket } from './moving-on.ts';
import { crispSize, gridOf } from './qr.ts';
import { fill, languageOf, TEXTS } from './texts.ts';
import { createTime, PARTED_MS } from './time.ts';

const MINUTE = 60_000;

function phoneClock(wall: number) {
  const at = { wall, mono: 5_000 };
  const time = createTime({ wall: () => at.wall, mono: () => at.mono });
  const pass = (milliseconds: number) => {
    at.wall += milliseconds;
    at.mono += milliseconds;
  };
  return { at, time, pass };
}

test('time is the server’s, whatever the phone’s clock says', () => {
  const { at, time, pass } = phoneClock(1_000_000 + 10 * MINUTE);
  time.learn(1_000_000, at.mono);
  pass(90_000);
  assert.equal(time.read(), { now: 1_090_000, doubt: false, fast: 10 * MINUTE });
});

test('half of what an answer took is added to it, and a slow one changes nothing', () => {
  const { at, time, pass } = phoneClock(0);
  const asked = at.mono;
  pass(400);
  time.learn(50_000, asked);
  assert.is(time.read().now, 50_200);
  const again = at.mono;
  pass(6_000);
  assert.is(time.learn(99_000, again), undefined);
  assert.is(time.read().now, 56_200);
});

test('a clock that is set forward or a phone that slept is doubted; the later time counts', () => {
  const { at, time } = phoneClock(0);
  time.learn(0, at.mono);
  at.wall += 5 * MINUTE;
  assert.is(time.read().doubt, true);
  assert.is(time.read().now, 5 * MINUTE);
  time.learn(7_000, at.mono);
  assert.is(time.read().doubt, false);
});

test('a clock that is set back is doubted, and does not bring time back', () => {
  const { at, time, pass } = phoneClock(0);
  time.learn(0, at.mono);
  pass(MINUTE);
  at.wall -= PARTED_MS;
  assert.is(time.read().doubt, true);
  assert.is(time.read().now, MINUTE);
});

test('what was learned outlives the page by the phone’s wall clock', () => {
  const before = phoneClock(10 * MINUTE);
  const anchor = before.time.learn(0, before.at.mono);
  const after = phoneClock(13 * MINUTE);
  after.time.restore(anchor!);
  assert.is(after.time.read().now, 3 * MINUTE);
});

test('S16: the next ticket is the next one that can be used, from the first again', () => {
  const tickets = (['used', 'code', 'early', 'code'] as const).map((state, n) => ({
    ...{ id: String(n), state },
  }));
  assert.is(nextTicket(tickets, '')?.id, '1');
  assert.is(nextTicket(tickets, '1')?.id, '3');
  assert.is(nextTicket(tickets, '3')?.id, '1');
  const [used] = tickets;
  assert.is(nextTicket([used!], '0'), undefined);
  assert.is(nextTicket([used!], '')?.id, '0');
});

test('every module is whole device pixels, and the picture whole CSS pixels too', () => {
  for (const ratio of [1, 1.25, 1.5, 2, 2.625, 2.75, 3, 3.5, 4]) {
    const { module, device, edge } = crispSize(33, 304, ratio);
    assert.ok(edge >= 4 * module);
    assert.ok(device <= 304 * ratio);
    assert.ok(device / ratio >= 0.8 * 320);
    assert.ok(Number.isInteger(device / ratio), `${ratio}`);
    assert.is(device % gridOf(ratio), 0);
  }
});

test('every language has the same texts with the same gaps', () => {
  const gaps = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([gap]) => gap).sort();
  for (const [language, texts] of Object.entries(TEXTS)) {
    for (const [name, text] of Object.entries(TEXTS.en)) {
      const said = texts[name as keyof typeof texts];
      assert.equal(gaps(said), gaps(text), `${language} ${name}`);
    }
  }
  assert.is(fill('{n} of {count}', { n: 1, count: 3 }), '1 of 3');
  assert.is(languageOf(['sv', 'de-AT', 'en']), 'de');
  assert.is(languageOf(['sv']), 'nl');
});

test.run();
