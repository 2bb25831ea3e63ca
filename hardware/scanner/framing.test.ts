import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FramedCode, MAX_CODE_BYTES, scannerFraming } from './framing.ts';
import type { AnswerShape } from './profiles.ts';

function frames(answers: AnswerShape, ...parts: (Uint8Array | 'silence')[]) {
  const codes: FramedCode[] = [];
  let answered = 0;
  let tooLong = 0;
  const framing = scannerFraming(answers, {
    onCode: (code) => codes.push(code),
    onAnswer: () => {
      answered += 1;
    },
    onTooLong: () => {
      tooLong += 1;
    },
  });
  for (const part of parts) {
    if (part === 'silence') framing.silence();
    else framing.push(part);
  }
  return { codes, texts: codes.map(({ text }) => text), answered, tooLong, open: framing.open };
}

const bytes = (text: string) => Buffer.from(text, 'latin1');

test('CR, LF, both or a silence end a code, and empty ones are dropped', () => {
  const { texts } = frames('none', bytes('A\rB\nC\r\n\r\n\nD'), 'silence', 'silence');
  assert.equal(texts, ['A', 'B', 'C', 'D']);
});

test('STX, ETX and lone acknowledgements are taken off', () => {
  assert.equal(frames('none', bytes('\x02A\x03\r\x06\r\x15\x06B\r\x05\r')).texts, ['A', 'B']);
});

test('the AIM prefix is split off and nothing else that begins with a bracket', () => {
  const { codes } = frames('none', bytes(']Q3hello\r]C0123\r] x\r]Q1\r'));
  assert.equal(codes, [
    { text: 'hello', aim: ']Q3' },
    { text: '123', aim: ']C0' },
    { text: '] x' },
  ]);
});

test('text is UTF-8, or Latin-1 where it is not', () => {
  assert.equal(frames('none', Buffer.from('Žižek\r', 'utf8')).texts, ['Žižek']);
  assert.equal(frames('none', bytes('caf\xe9\r')).texts, ['café']);
});

test('a gm65 answer before a code is no code, even with a CR among its bytes', () => {
  const ack = Uint8Array.of(0x02, 0x00, 0x00, 0x01, 0x00, 0x33, 0x31);
  const other = Uint8Array.of(0x02, 0x00, 0x00, 0x02, 0x0d, 0x0a, 0x0d, 0x0d);
  const { texts, answered } = frames('gm65', ack, bytes('CODE\r'), other, bytes('NEXT\r'));
  assert.equal(texts, ['CODE', 'NEXT']);
  assert.is(answered, 2);
});

test('an answer that breaks off ends with the silence', () => {
  const { texts, open } = frames('gm65', Uint8Array.of(2, 0, 0), 'silence', bytes('CODE\r'));
  assert.equal(texts, ['CODE']);
  assert.is(open, false);
});

test('honeywell and newland answers are no codes', () => {
  const honeywell = frames('honeywell', bytes('232BAD9\x06.CODE\rPAPER.\r'));
  assert.equal(honeywell.texts, ['CODE', 'PAPER.']);
  assert.is(honeywell.answered, 1);
  const newland = frames('newland', bytes('\x02\x010000@SCNMOD0\x06;\x03CODE\r\n'));
  assert.equal(newland.texts, ['CODE']);
  assert.is(newland.answered, 1);
});

test('the longest code passes, one byte more is thrown away to its end and told once', () => {
  const longest = 'X'.repeat(MAX_CODE_BYTES);
  const { texts, tooLong } = frames('none', bytes(`${longest}\r${longest}YY\rNEXT\r`));
  assert.equal(texts, [longest, 'NEXT']);
  assert.is(tooLong, 1);
});

test('however the bytes are cut, the codes are the same', () => {
  const code = fc.stringMatching(/^[A-Z2-7:-]{1,40}$/);
  const cuts = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.array(code, { minLength: 1, maxLength: 8 }), cuts, (codes, sizes) => {
      const all = bytes(codes.map((each) => `${each}\r\n`).join(''));
      const parts: Uint8Array[] = [];
      for (let from = 0, turn = 0; from < all.length; turn += 1) {
        const size = sizes[turn % sizes.length]!;
        parts.push(all.subarray(from, from + size));
        from += size;
      }
      assert.equal(frames('none', ...parts).texts, codes);
    }),
  );
});

test.run();
