import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fromBase45, toBase45 } from './base45.ts';

const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('latin1');

test('the examples of RFC 9285 come out as printed there', () => {
  for (const [plain, coded] of [
    ['AB', 'BB8'],
    ['Hello!!', '%69 VD92EX0'],
    ['base-45', 'UJCLQE7W581'],
    ['ietf!', 'QED8WEX0'],
  ] as const) {
    assert.is(toBase45(Buffer.from(plain)), coded);
    assert.is(text(fromBase45(coded)), plain);
  }
  assert.is(text(fromBase45('')), '');
});

test('any bytes come back as they were', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      assert.equal(fromBase45(toBase45(bytes)), bytes);
    }),
  );
});

test('no text ends in a blank, which readers would cut off', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 5 }), (bytes) => {
      assert.not.ok(toBase45(bytes).endsWith(' '));
    }),
    { numRuns: 2000 },
  );
  for (let value = 0; value < 65_536; value++) {
    const coded = toBase45(Uint8Array.of(value >> 8, value & 0xff));
    if (coded.endsWith(' ')) assert.unreachable(coded);
  }
});

test('texts that are not base45 are refused', () => {
  for (const wrong of ['A', 'ABCD', 'ab8', 'BB#', 'GGX', ':::', '::', 'V5']) {
    assert.is(fromBase45(wrong), undefined, wrong);
  }
});

test.run();
