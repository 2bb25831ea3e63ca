import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readVectors } from '../vectors/read.ts';
import { CODE_LENGTH_MAX } from './canonical.ts';
import { type CodeKind, GUESSABLE_BELOW_BITS, guessBits, isReserved, kindOf } from './kinds.ts';
import { REGULAR_CODE_BITS } from './regular.ts';

const { kinds } = readVectors<{ kinds: { text: string; kind: CodeKind }[] }>('codes.json');

test('a text is of a kind by its exact grammar and length', () => {
  for (const { text, kind } of kinds) assert.is(kindOf(text), kind, text);
});

test('an import must refuse our own kinds, nothing at all, and what is too long to look up', () => {
  for (const { text, kind } of kinds) assert.is(isReserved(text), kind !== 'other' || text === '');
  assert.not.ok(isReserved('A'.repeat(CODE_LENGTH_MAX)));
  assert.ok(isReserved('A'.repeat(CODE_LENGTH_MAX + 1)));
});

test('any text has a kind', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.ok(['regular', 'secure', 'config', 'other'].includes(kindOf(text)));
    }),
  );
});

test('short or counted-up codes are guessable, our own are not', () => {
  assert.is(guessBits('4006381333931'), 43);
  assert.is(guessBits('4006381333931', 10), 9);
  assert.is(guessBits('ABCDEFGHIJKLM'), 67);
  assert.is(guessBits('aBcDeFgHiJk'), 66);
  assert.is(guessBits(''), 0);
  assert.ok(REGULAR_CODE_BITS >= GUESSABLE_BELOW_BITS);
});

test.run();
