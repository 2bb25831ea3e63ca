import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MAX_CODE_BYTES, scannerFraming } from './framing.ts';
import type { AnswerShape } from './profiles.ts';

const SEED = 3;
const RUNS = 1_500;
const shapes: AnswerShape[] = ['none', 'gm65', 'honeywell', 'newland'];
/** Mostly the bytes that mean something to somebody. */
const byte = fc.oneof(
  fc.constantFrom(0x00, 0x01, 0x02, 0x03, 0x05, 0x06, 0x0a, 0x0d, 0x15, 0x21, 0x2e, 0x5d, 0xff),
  fc.integer({ min: 0, max: 255 }),
);
const noise = fc.array(byte, { maxLength: 900 }).map((all) => Uint8Array.from(all));
const cuts = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 12 });

function listen(shape: AnswerShape) {
  const told: string[] = [];
  const framing = scannerFraming(shape, {
    onCode: ({ text, aim }) => told.push(`code ${aim ?? ''} ${text}`),
    onAnswer: () => told.push('answer'),
    onTooLong: () => told.push('too long'),
  });
  return { told, framing };
}

function pieces(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let from = 0, turn = 0; from < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] as number;
    parts.push(bytes.subarray(from, from + size));
    from += size;
  }
  return parts;
}

test('any bytes, cut in any way, are told the same, and no code is longer than is held', () => {
  fc.assert(
    fc.property(fc.constantFrom(...shapes), noise, cuts, (shape, bytes, sizes) => {
      const [whole, cut] = [listen(shape), listen(shape)];
      whole.framing.push(bytes);
      for (const piece of pieces(bytes, sizes)) cut.framing.push(piece);
      whole.framing.silence();
      cut.framing.silence();
      assert.equal(cut.told, whole.told);
      for (const told of whole.told) assert.ok(told.length <= MAX_CODE_BYTES + 'code  '.length);
      assert.is(cut.framing.open, false, 'a silence ends everything');
    }),
    { seed: SEED, numRuns: RUNS },
  );
});

test('after any noise and a silence every well-formed line comes out exactly once', () => {
  const code = fc.stringMatching(/^[A-Z0-9:-]{1,60}$/);
  fc.assert(
    fc.property(
      fc.constantFrom(...shapes),
      noise,
      fc.array(code, { minLength: 1, maxLength: 6 }),
      cuts,
      (shape, bytes, codes, sizes) => {
        const { told, framing } = listen(shape);
        framing.push(bytes);
        framing.silence();
        told.length = 0;
        const lines = Buffer.from(codes.map((each) => `${each}\r`).join(''), 'latin1');
        for (const piece of pieces(lines, sizes)) framing.push(piece);
        assert.equal(
          told,
          codes.map((each) => `code  ${each}`),
        );
      },
    ),
    { seed: SEED, numRuns: RUNS },
  );
});

test('a device that never ends its line is held in the same few bytes and told of once', () => {
  for (const shape of shapes) {
    const { told, framing } = listen(shape);
    const chunk = new Uint8Array(4_096).fill(0x41);
    for (let sent = 0; sent < 500; sent++) framing.push(chunk);
    assert.equal(told, ['too long'], shape);
    framing.push(Uint8Array.of(0x0d));
    framing.push(Buffer.from('NEXT\r'));
    assert.is(told.at(-1), 'code  NEXT');
  }
});

test.run();
