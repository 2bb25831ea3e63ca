import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readVectors } from '../vectors/read.ts';
import { canonical, eanCheckDigit, symbologyOfAim } from './canonical.ts';

interface Vectors {
  readonly canonical: {
    scanner: string;
    name: string;
    read: string;
    symbology?: string;
    canonical: string;
  }[];
  readonly folds: string[][];
}
const vectors = readVectors<Vectors>('codes.json');
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^\d{11,13}$/),
  fc.string({
    unit: fc.constantFrom(']', 'Q', 'C', '1', '0', '\r', '\x02', '\x1d', ' ', 'a', 'B'),
  }),
);
const anySymbology = fc.constantFrom(undefined, 'EAN13', 'UPCA', 'QRCode', 'Code128');

for (const { scanner, name, read, symbology, canonical: expected } of vectors.canonical) {
  test(`canonical for ${scanner}: ${name}`, () => {
    assert.is(canonical(read, symbology), expected);
  });
}

test('canonical is idempotent', () => {
  fc.assert(
    fc.property(anyText, anySymbology, (text, symbology) => {
      const once = canonical(text, symbology);
      assert.is(canonical(once, symbology), once);
      assert.is(canonical(once), once);
    }),
    { numRuns: 2_000 },
  );
});

test('what a scanner puts around a code changes nothing', () => {
  const around = fc.string({
    unit: fc.constantFrom('\r', '\n', '\t', '\x02', '\x03', '\x1d', ' '),
  });
  fc.assert(
    fc.property(anyText, around, around, (text, before, after) => {
      assert.is(canonical(before + text + after), canonical(text));
    }),
  );
});

test('different texts may become one, so an import compares canonical texts', () => {
  for (const [one, other] of vectors.folds) assert.is(canonical(one!), canonical(other!));
});

test('an AIM identifier names its symbology', () => {
  assert.is(symbologyOfAim(']Q1'), 'QRCode');
  assert.is(symbologyOfAim(']E0'), 'EAN13');
  assert.is(symbologyOfAim(']X0'), undefined);
  assert.is(symbologyOfAim('Q1'), undefined);
});

test('check digits are those printed on real goods', () => {
  for (const number of ['4006381333931', '9780306406157', '036000291452', '96385074']) {
    assert.is(eanCheckDigit(number.slice(0, -1)), number.at(-1));
  }
});

test.run();
