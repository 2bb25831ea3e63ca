import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CALIBRATION_TEXT, calibrate, translate } from '../shared/calibration.ts';
import { createWedge, FAST_MS, KEYS_MAX, SILENCE_MS } from './wedge.ts';

const CODE = 'R7K2M9Q4XTB0C3DEF';

function rig() {
  const texts: string[] = [];
  const timers = new Map<number, { at: number; run: () => void }>();
  let now = 1_000;
  let ids = 0;
  const clock = {
    setTimeout: (run: () => void, ms: number) => {
      ids += 1;
      timers.set(ids, { at: now + ms, run });
      return ids;
    },
    clearTimeout: (id: unknown) => void timers.delete(id as number),
  };
  const wedge = createWedge((text) => texts.push(text), clock);
  const pass = (ms: number) => {
    now += ms;
    for (const [id, { at, run }] of [...timers]) {
      if (at > now) continue;
      timers.delete(id);
      run();
    }
  };
  const type = (text: string, every: number) =>
    [...text].map((key) => {
      pass(every);
      return wedge.key(key, now);
    });
  return { texts, pass, type, wedge, key: (key: string) => wedge.key(key, now) };
}

test('fast keys that end in Enter are a code, and the Enter does nothing else', () => {
  const { texts, type, key } = rig();
  type(CODE, 4);
  assert.is(key('Enter'), true);
  assert.equal(texts, [CODE]);
});

test('fast keys without Enter end in 50 ms of silence, once', () => {
  const { texts, type, pass } = rig();
  type(CODE, 12);
  pass(SILENCE_MS - 1);
  assert.equal(texts, []);
  pass(1);
  assert.equal(texts, [CODE]);
  pass(1_000);
  assert.equal(texts, [CODE]);
});

test('a person’s typing is no code, with Enter or without', () => {
  const { texts, type, key, pass } = rig();
  type('ABC123', FAST_MS * 3);
  assert.is(key('Enter'), false);
  pass(1_000);
  assert.equal(texts, []);
});

test('a key hit by hand just before does not get into the code', () => {
  const { texts, type, pass, key } = rig();
  type('x', 10);
  pass(FAST_MS + 1);
  type(CODE, 5);
  key('Enter');
  assert.equal(texts, [CODE]);
});

test('Shift between the characters says nothing, and two codes are two', () => {
  const { texts, type, key, pass } = rig();
  type('AB', 5);
  key('Shift');
  type('CDE', 5);
  key('Enter');
  pass(60);
  type('123456', 5);
  key('Tab');
  assert.equal(texts, ['ABCDE', '123456']);
});

test('too few keys and far too many are nothing; stopping forgets', () => {
  const { texts, type, key, wedge, pass } = rig();
  type('AB', 5);
  key('Enter');
  pass(100);
  type('9'.repeat(KEYS_MAX + 1), 1);
  key('Enter');
  pass(100);
  type(CODE, 5);
  wedge.stop();
  pass(100);
  assert.equal(texts, []);
});

test('a French keyboard under an English scanner is learned from one barcode', () => {
  const french: Record<string, string> = {
    ...{ '0': 'à', '1': '&', '2': 'é', '3': '"', '4': "'", '5': '(', '6': '-', '7': 'è' },
    ...{ '8': '_', '9': 'ç', A: 'Q', Q: 'A', Z: 'W', W: 'Z', M: '?', a: 'q', q: 'a', z: 'w' },
    ...{ w: 'z', m: ',', '-': ')', '.': ';', ':': 'M', '/': '!', _: '°', '*': '8', '%': '5' },
    ...{ $: '4', '+': '+', '=': '=' },
  };
  const through = (text: string) => [...text].map((one) => french[one] ?? one).join('');
  const learned = calibrate(through(CALIBRATION_TEXT));
  assert.ok(learned.ok);
  assert.ok(learned.ok && learned.differs > 15);
  assert.is(translate(through(CODE), learned.ok ? learned.map : undefined), CODE);
});

test('another barcode, lost keys and mixed keys do not calibrate anything', () => {
  assert.equal(calibrate(CODE), { ok: false, fault: 'length' });
  assert.equal(calibrate(CALIBRATION_TEXT.slice(1)), { ok: false, fault: 'length' });
  const mixed = CALIBRATION_TEXT.replace('1', '0');
  assert.equal(calibrate(mixed), { ok: false, fault: 'mixed' });
  assert.is(translate('A1', undefined), 'A1');
});

test('a scanner with caps lock on still reads codes of capitals and digits', () => {
  const learned = calibrate(CALIBRATION_TEXT.toUpperCase());
  assert.ok(learned.ok);
  assert.is(translate(CODE, learned.ok ? learned.map : undefined), CODE);
});

test.run();
