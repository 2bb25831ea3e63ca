import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readVectors } from '../vectors/read.ts';
import { fromHex, toHex } from './bytes.ts';
import {
  isSecureText,
  parseSecure,
  SECURE_LENGTH,
  secureText,
  slotAt,
  slotsFor,
} from './secure.ts';

interface Vectors {
  readonly rotating: {
    statement: { handle: string; generation: number; slot: number };
    beaconIndex: number;
    good: { signature: string; text: string };
  };
  readonly slots: { slotLow: number; nowSlot: number; first: number }[];
}
const { rotating, slots } = readVectors<Vectors>('codes.json');
const { statement, beaconIndex, good } = rotating;

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((raw) => Uint8Array.from(raw));
const anyCode = fc.record(
  {
    handle: bytes(5),
    slotLow: fc.nat(0xffff),
    generation: fc.nat(255),
    beaconLow: fc.nat(255),
    signature: bytes(64),
  },
  { noNullPrototype: true },
);

test('the parts of a secure code and its text are as the vectors say, both ways', () => {
  const code = {
    handle: fromHex(statement.handle)!,
    slotLow: statement.slot % 0x10000,
    generation: statement.generation,
    beaconLow: beaconIndex % 256,
    signature: fromHex(good.signature)!,
  };
  assert.is(secureText(code), good.text);
  assert.equal(parseSecure(good.text), code);
});

test('every secure code is 182 digits and comes back', () => {
  assert.is(SECURE_LENGTH, 182);
  fc.assert(
    fc.property(anyCode, (code) => {
      const text = secureText(code);
      assert.ok(isSecureText(text));
      const parsed = parseSecure(text)!;
      assert.equal(parsed, code);
      assert.is(toHex(parsed.handle), toHex(code.handle));
    }),
  );
});

test('a secure text with digits that no bytes write is nobody’s code', () => {
  const text = `4283${'9'.repeat(SECURE_LENGTH - 4)}`;
  assert.ok(isSecureText(text));
  assert.is(parseSecure(text), undefined);
});

test('parsing any text never throws', () => {
  const almost = fc.stringMatching(/^\d{178}$/).map((digits) => `4283${digits}`);
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), almost), (text) => {
      const code = parseSecure(text);
      if (code) assert.is(secureText(code), text);
    }),
  );
});

test('the low bits of a slot give back the full one, the nearest first', () => {
  for (const { slotLow, nowSlot, first } of slots) assert.is(slotsFor(slotLow, nowSlot)[0], first);
  const nowSlots = fc.integer({ min: 0, max: 0xffffffff });
  fc.assert(
    fc.property(nowSlots, fc.integer({ min: -0x10000, max: 0x10000 }), (nowSlot, skew) => {
      const slot = Math.max(0, nowSlot + skew);
      const found = slotsFor(slot % 0x10000, nowSlot);
      assert.ok(found.includes(slot));
      if (Math.abs(slot - nowSlot) < 0x8000) assert.is(found[0], slot);
      assert.ok(found.every((each) => each >= 0 && each % 0x10000 === slot % 0x10000));
    }),
  );
});

test('a slot begins with its first millisecond and ends with its last', () => {
  const start = 1_800_000_000_000;
  assert.equal(
    [start - 1, start, start + 29_999, start + 30_000].map(slotAt),
    [59_999_999, 60_000_000, 60_000_000, 60_000_001],
  );
});

test.run();
