import { GatehouseError } from '@gatehouse/protocol';
import { Encoder } from 'cbor-x';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBase45 } from './base45.ts';
import { CONFIG_CODE_LENGTH_MAX, readConfigCode } from './config-code.ts';
import { provisioningErrors } from './errors.ts';

const SEED = 3;
const RUNS = 2_000;
const SIGNATURE = new Uint8Array(64).fill(7);
const cbor = new Encoder({ useRecords: false, variableMapSize: true, tagUint8Array: false });

/** Reads a text; gives the code of its refusal. Anything but a refusal of the table is thrown. */
function refusal(text: string): string | undefined {
  try {
    readConfigCode(text);
    return undefined;
  } catch (error) {
    if (error instanceof GatehouseError && error.code in provisioningErrors) return error.code;
    throw error;
  }
}

const wrapped = (payload: Uint8Array) =>
  `GHC1:${toBase45(Uint8Array.from([...payload, ...SIGNATURE]))}`;

/** Beginnings of CBOR items: tags, lengths up to 2^64 - 1, endless ones, nesting, floats. */
const head = fc.constantFrom(
  [0xc0],
  [0xc1],
  [0xc2],
  [0xd8, 0x20],
  [0xd9, 0xd9, 0xf7],
  [0xd9, 0xdf, 0xff],
  [0xd8, 0x69],
  [0xd8, 0x40],
  [0xd9, 0x01, 0x02],
  [0xdb, 255, 255, 255, 255, 255, 255, 255, 255],
  [0x5b, 255, 255, 255, 255, 255, 255, 255, 255],
  [0x9b, 0, 0, 0, 1, 0, 0, 0, 0],
  [0xbb, 255, 255, 255, 255, 255, 255, 255, 255],
  [0x7a, 255, 255, 255, 255],
  [0x5a, 127, 255, 255, 255],
  [0x9a, 255, 255, 255, 255],
  [0xba, 127, 255, 255, 255],
  [0x5f],
  [0x7f],
  [0x9f],
  [0xbf],
  [0xff],
  [0xf7],
  [0xfb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0],
  [0x1b, 255, 255, 255, 255, 255, 255, 255, 255],
  [0x81],
  [0xa1],
  [0x69, 0x5f, 0x5f],
);
const hostileCbor = fc
  .array(fc.oneof(head, fc.uint8Array({ maxLength: 6 })), { maxLength: 40 })
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

const value = fc.anything({ withBigInt: true, withTypedArray: true, withDate: true, maxDepth: 3 });
const almost = fc
  .record({
    v: fc.oneof(fc.constant(1), value),
    exp: fc.oneof(fc.nat(), value),
    net: fc.oneof(fc.constant(['foyer', 'key']), value),
    url: fc.oneof(fc.constant('https://example.org:8082'), fc.webUrl(), value),
    pins: fc.oneof(fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 })), value),
    claim: fc.oneof(fc.uint8Array({ minLength: 16, maxLength: 16 }), value),
  })
  .map((fields) => {
    try {
      return Uint8Array.from(cbor.encode(fields));
    } catch {
      // what CBOR can't say is no payload
      return new Uint8Array();
    }
  });

test('any text is refused with a code of the table', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'binary' }).map((rest) => `GHC1:${rest}`),
    fc.stringMatching(/^[0-9A-Z $%*+./:-]{0,500}$/).map((rest) => `ghc1:${rest}`),
    fc.bigInt().map((version) => `GHC${version}:`),
  );
  fc.assert(
    fc.property(text, (one) => assert.type(refusal(one), 'string')),
    { seed: SEED, numRuns: RUNS },
  );
});

test('any CBOR is refused with a code: unknown tags, huge lengths, nesting, wrong types', () => {
  fc.assert(
    fc.property(fc.oneof(hostileCbor, almost), (payload) => {
      const text = wrapped(payload);
      const code = refusal(text);
      if (text.length > CONFIG_CODE_LENGTH_MAX) assert.is(code, 'config-code-damaged');
      assert.is(({} as { polluted?: unknown }).polluted, undefined);
    }),
    { seed: SEED, numRuns: RUNS },
  );
});

test('CBOR nested as deep as a code is long is refused', () => {
  for (const opening of [0x81, 0x9f, 0xc1, 0xbf]) {
    const code = refusal(wrapped(new Uint8Array(230).fill(opening)));
    assert.is(code, 'config-code-damaged', opening.toString(16));
  }
});

test.run();
