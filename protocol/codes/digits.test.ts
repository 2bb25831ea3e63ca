import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readVectors } from '../vectors/read.ts';
import { bigEndian, concat, fromHex, toBigInt, toHex } from './bytes.ts';
import { bytesToDigits, digitsLength, digitsToBytes } from './digits.ts';

interface Vectors {
  readonly digits: { bytes: string; digits: string }[];
  readonly notDigits: { digits: string; length: number }[];
}
const vectors = readVectors<Vectors>('codes.json');

test('bytes and digits are as the vectors say, both ways', () => {
  for (const { bytes, digits } of vectors.digits) {
    const raw = fromHex(bytes)!;
    assert.is(bytesToDigits(raw), digits);
    assert.equal(digitsToBytes(digits, raw.length), raw);
  }
});

test('digits that no bytes write are refused', () => {
  for (const { digits, length } of vectors.notDigits) {
    assert.is(digitsToBytes(digits, length), undefined, digits);
  }
});

test('any bytes come back, leading zeros too', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 90 }), (bytes) => {
      const digits = bytesToDigits(bytes);
      assert.is(digits.length, digitsLength(bytes.length));
      assert.is(toHex(digitsToBytes(digits, bytes.length)!), toHex(bytes));
    }),
  );
});

test('one text of digits per bytes: what is accepted is what would be written', () => {
  const someDigits = fc.stringMatching(/^\d{0,40}$/);
  fc.assert(
    fc.property(someDigits, fc.nat(20), (digits, length) => {
      const bytes = digitsToBytes(digits, length);
      if (bytes) assert.is(bytesToDigits(bytes), digits);
    }),
  );
});

test('any text is refused quietly', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(90), (text, length) => {
      const bytes = digitsToBytes(text, length);
      assert.ok(bytes === undefined || bytes.length === length);
    }),
  );
});

test('hex, big-endian numbers and joined bytes come back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array(), (bytes, more) => {
      assert.equal(fromHex(toHex(bytes)), Uint8Array.from(bytes));
      assert.is(toHex(bigEndian(toBigInt(bytes), bytes.length)), toHex(bytes));
      assert.is(toHex(concat(bytes, more)), toHex(bytes) + toHex(more));
    }),
  );
});

test('what is not hex is refused', () => {
  for (const text of ['0', 'g0', '0x12', ' 1']) assert.is(fromHex(text), undefined);
});

test.run();
