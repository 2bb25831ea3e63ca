import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readVectors } from '../vectors/read.ts';
import { fromHex } from './bytes.ts';
import { canonical } from './canonical.ts';
import { isRegularCode, regularCode } from './regular.ts';

const { regular } = readVectors<{ regular: { random: string; text: string }[] }>('codes.json');
const tenBytes = fc.uint8Array({ minLength: 10, maxLength: 10 });

test('regular codes are written as the vectors say', () => {
  for (const { random, text } of regular) assert.is(regularCode(fromHex(random)!), text);
});

test('every regular code has its grammar, survives Caps Lock and differs from others', () => {
  fc.assert(
    fc.property(tenBytes, tenBytes, (one, other) => {
      const text = regularCode(one);
      assert.ok(isRegularCode(text));
      assert.is(canonical(text.toLowerCase()), text);
      assert.is(text === regularCode(other), Buffer.compare(one, other) === 0);
    }),
  );
});

test('a regular code takes exactly 80 random bits', () => {
  for (const length of [0, 9, 11]) {
    assert.throws(() => regularCode(new Uint8Array(length)), RangeError);
  }
});

test('letters that a person confuses with digits are not in a regular code', () => {
  for (const letter of 'ILOUilou') assert.not.ok(isRegularCode(`R${letter.padEnd(16, '0')}`));
});

test.run();
