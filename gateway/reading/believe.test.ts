import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { codeOf, secureTextOf } from '../test/samples.ts';
import { AGREE_WITHIN_MS, createBelief, type TicketShape } from './believe.ts';

const linear = (text: string, symbology = 'Code128') => ({ text, symbology });

test('codes that correct their own errors count at once, whatever they say', () => {
  const { still, frame, waits } = createBelief();
  for (const symbology of ['QRCode', 'Aztec', 'DataMatrix']) {
    assert.ok(still({ text: 'x', symbology }));
    assert.ok(frame({ text: 'x', symbology }, 0));
  }
  assert.not(waits(0));
});

test('what noise can imitate counts at once in our own grammars only', () => {
  const { still, frame } = createBelief();
  for (const text of [codeOf(1), secureTextOf('7'), codeOf(1).toLowerCase()]) {
    for (const symbology of ['Code128', 'PDF417']) assert.ok(still({ text, symbology }), text);
  }
  assert.not(still(linear('SOMEBODY-ELSES-9')));
  assert.not(frame(linear('SOMEBODY-ELSES-9'), 0));
});

test('other texts count when a second frame agrees in time, and only then', () => {
  const { frame, waits } = createBelief();
  assert.not(frame(linear('SOME-OTHER'), 0));
  assert.not(frame(linear('SOME-OTHER'), 0), 'the same frame does not agree with itself');
  assert.ok(waits(AGREE_WITHIN_MS));
  assert.not(frame(linear('ANOTHER-ONE'), 30));
  assert.ok(frame(linear('SOME-OTHER'), 60));
  assert.not(frame(linear('ANOTHER-ONE'), 60 + AGREE_WITHIN_MS));
  assert.not(frame(linear('ANOTHER-ONE', 'PDF417'), 70 + AGREE_WITHIN_MS), 'another kind');
  assert.not(waits(10 * AGREE_WITHIN_MS));
});

test('texts that wait are few: the oldest is forgotten first', () => {
  const { frame } = createBelief();
  for (let n = 0; n < 9; n++) assert.not(frame(linear(`NOISE-${n}`), n));
  assert.not(frame(linear('NOISE-0'), 20));
  assert.ok(frame(linear('NOISE-8'), 21));
});

test('an ITF code counts with its own length only, an EAN with its check digit', () => {
  const itf = (text: string) => linear(text, 'ITF');
  const twice = (text: string, symbology: string, options = {}) => {
    const { frame } = createBelief(options);
    frame({ text, symbology }, 0);
    return frame({ text, symbology }, 30);
  };
  assert.ok(twice('12345678901231', 'ITF'));
  assert.not(twice('1234567890', 'ITF'), 'a part of one');
  assert.ok(twice('1234567890', 'ITF', { itfLength: 10 }));
  assert.not(createBelief().still(itf('12345678901231')));
  assert.ok(twice('4006381333931', 'EAN13'));
  assert.not(twice('4006381333932', 'EAN13'));
  assert.not(twice('123', 'Code128'));
});

test('a text of a ticket’s shape counts at once, one that differs in anything does not', () => {
  const shape: TicketShape = {
    ...{ symbology: 'Code128', length: [8, 10], alphabet: 'digits', prefix: '70' },
  };
  const { still } = createBelief({ shapes: [shape] });
  assert.ok(still(linear('70123456')));
  const others = ['7012345', '70123456789', '71123456', '7012345A'];
  for (const text of others) assert.not(still(linear(text)), text);
  assert.not(still(linear('70123456', 'PDF417')));
  const { frame } = createBelief({ shapes: [shape] });
  const agreed = (one: { text: string; symbology: string }) => [0, 30].map((at) => frame(one, at));
  assert.equal(agreed(linear('71123456')), [false, false], 'what has a shape has no other');
  assert.equal(agreed(linear('71123456', 'PDF417')), [false, true]);
  const any = createBelief({ shapes: [{ length: [4, 20], alphabet: 'capitals' }] });
  assert.ok(any.still(linear('AB-12', 'PDF417')));
  assert.not(any.still(linear('ab-12', 'PDF417')));
});

test.run();
