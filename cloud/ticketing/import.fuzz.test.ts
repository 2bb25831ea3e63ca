import { Readable } from 'node:stream';
import { GatehouseError } from '@gatehouse/protocol';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type House, startHouse } from '../test/house.ts';
import type { ImportFormat } from './import-read.ts';

const SEED = 3;
const RUNS = 250;
let house: House | undefined;

test.after(() => house?.stop());

const field = fc.oneof(
  fc.stringMatching(/^[a-z0-9]{6,12}$/),
  fc.constantFrom('', '"', '""', '"a\nb"', '"a""b"', 'a"b', '1', '\0', '=1+1', 'x'.repeat(70_000)),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const end = fc.constantFrom('\n', '\r\n', '\r', '\n\n');
const start = fc.constantFrom('', '\ufeff', '\ufeff\ufeff', '\n', ' ');
const header = fc.constantFrom(
  'code',
  'Code,seat',
  'code,uses,note',
  'code,code',
  'seat',
  '__proto__,code',
  'code;seat',
);
const csv = fc
  .tuple(
    start,
    header,
    fc.array(fc.tuple(fc.array(field, { maxLength: 3 }), end), { maxLength: 8 }),
  )
  .map(
    ([first, top, rows]) =>
      `${first + top}\n${rows.map(([row, to]) => row.join(',') + to).join('')}`,
  );
/** Rows that are good, in every way to write them, so that whole imports happen as well. */
const good = fc
  .tuple(
    start,
    fc.uniqueArray(fc.stringMatching(/^[a-z]{5,14}$/), { maxLength: 9 }),
    fc.array(end, { minLength: 9, maxLength: 9 }),
  )
  .map(
    ([first, codes, ends]) => `${first}code\n${codes.map((code, i) => code + ends[i]).join('')}`,
  );
const lines = fc
  .array(
    fc.oneof(
      fc.json({ maxDepth: 2 }),
      fc
        .record({ code: fc.oneof(field, fc.nat()), uses: fc.oneof(fc.nat(), fc.double()) })
        .map((row) => JSON.stringify(row)),
    ),
    { maxLength: 8 },
  )
  .map((rows) => rows.join('\n'));
const anything = fc.uint8Array({ maxLength: 400 });
const bytes = fc.oneof(csv, good, lines, anything).map((one) => Buffer.from(one as string));

test('any file is imported whole or refused whole: the store has as many as the answer says', async () => {
  house = await startHouse();
  const { ticketing, store } = house;
  const { id } = await house.perform();
  const count = () => (store.prepare('select count(*) as n from tickets').get() as { n: number }).n;
  const format = fc.constantFrom<ImportFormat>('csv', 'json-lines');
  let whole = 0;
  await fc.assert(
    fc.asyncProperty(bytes, format, fc.integer({ min: 1, max: 999 }), async (file, as, piece) => {
      const before = count();
      const parts = [];
      for (let from = 0; from < file.length; from += piece)
        parts.push(file.subarray(from, from + piece));
      const imported = await ticketing.importTickets(id, Readable.from(parts), as).then(
        (answer) => answer.imported,
        (fault) => {
          if (!(fault instanceof GatehouseError)) throw fault;
          assert.is(fault.code, 'import-rows-faulty');
          return 0;
        },
      );
      if (imported > 0) whole += 1;
      assert.is(count() - before, imported);
    }),
    { seed: SEED, numRuns: RUNS },
  );
  assert.ok(whole > 10, `${whole} whole imports`);
});

test.run();
