import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FIELD_256, FIELD_929, multiply } from './field.ts';
import { type Code, correct } from './reed-solomon.ts';

const KINDS = [
  { field: FIELD_929, firstRoot: 1 },
  { field: FIELD_256, firstRoot: 0 },
];

/** Data followed by its check words: the remainder by the generator, taken away. */
function encode(data: readonly number[], { field, checks, firstRoot }: Code): Uint16Array {
  let generator = [1];
  for (let i = 0; i < checks; i++) {
    const root = field.power[firstRoot + i] as number;
    const shifted = [...generator, 0];
    generator = shifted.map((one, k) =>
      field.subtract(one, k === 0 ? 0 : multiply(field, root, generator[k - 1] as number)),
    );
  }
  const rest = [...data, ...new Array<number>(checks).fill(0)];
  for (let i = 0; i < data.length; i++) {
    const lead = rest[i] as number;
    for (let k = 0; k < generator.length; k++) {
      const part = multiply(field, lead, generator[k] as number);
      rest[i + k] = field.subtract(rest[i + k] as number, part);
    }
  }
  return Uint16Array.from([...data, ...rest.slice(data.length).map((r) => field.subtract(0, r))]);
}

const damaged = fc.record({
  kind: fc.constantFrom(...KINDS),
  data: fc.array(fc.nat(255), { minLength: 1, maxLength: 60 }),
  checks: fc.integer({ min: 2, max: 40 }),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  order: fc.infiniteStream(fc.nat(1_000_000)),
});

/** Spoils as many words as the code can bear: some known as erasures, the others not. */
function spoil(sent: Uint16Array, code: Code, share: number, next: () => number) {
  const errors = Math.floor((share * code.checks) / 2);
  const erasures = code.checks - 2 * errors;
  const places = Array.from({ length: sent.length }, (_, i) => i);
  for (let i = places.length - 1; i > 0; i--) {
    const j = next() % (i + 1);
    [places[i], places[j]] = [places[j] as number, places[i] as number];
  }
  const words = sent.slice();
  for (const place of places.slice(0, errors + erasures)) {
    words[place] = field(words[place] as number, 1 + (next() % (code.field.size - 1)), code);
  }
  return { words, errors, erased: places.slice(errors, errors + erasures) };
}
const field = (a: number, b: number, { field }: Code) => field.add(a, b);

test('errors and erasures are corrected up to the full measure, in both fields', () => {
  fc.assert(
    fc.property(damaged, ({ kind, data, checks, share, order }) => {
      const code = { ...kind, checks };
      const sent = encode(data, code);
      const { words, errors, erased } = spoil(sent, code, share, () => order.next().value);
      assert.equal(correct(words, code, erased), Math.min(errors, sent.length));
      assert.equal([...words], [...sent]);
    }),
    { numRuns: 300 },
  );
});

test('what cannot be corrected is left as it was', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...KINDS),
      fc.array(fc.nat(255), { minLength: 40, maxLength: 80 }),
      (kind, noise) => {
        const words = Uint16Array.from(noise);
        const found = correct(words, { ...kind, checks: 20 });
        if (found === undefined) assert.equal([...words], noise);
        else assert.ok(found <= 10);
      },
    ),
  );
});

test('more erasures than check words are refused', () => {
  const words = Uint16Array.from([1, 2, 3, 4, 5]);
  assert.is(correct(words, { field: FIELD_256, checks: 2, firstRoot: 0 }, [0, 1, 2]), undefined);
});

test.run();
