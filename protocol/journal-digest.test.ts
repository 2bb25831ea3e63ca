import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FIRST_PREVIOUS, sealedText } from './journal-digest.ts';
import { JournalBatch, JournalBody } from './messages.ts';
import { readVectors } from './vectors/read.ts';

interface Row {
  readonly previous: string;
  readonly body: string;
  readonly digest: string;
}
const { journal } = readVectors<{ journal: Row[] }>('codes.json');
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

test('the digest chain is as the vectors say', () => {
  let previous = FIRST_PREVIOUS;
  for (const row of journal) {
    assert.is(row.previous, previous);
    assert.is(sha256(sealedText(row.previous, row.body)), row.digest);
    previous = row.digest;
  }
});

test('the vectors fit a journal batch', () => {
  const rows = journal.map((row, index) => ({ seq: index + 1, ...row }));
  assert.equal(JournalBatch.parse({ epoch: 'epoch-1', rows }).rows, rows);
  for (const { body } of rows) assert.ok(JournalBody.safeParse(JSON.parse(body)).success);
});

test('no other row has the same sealed text, since a digest has no line break', () => {
  const row = fc.tuple(
    fc.string().map((text) => sha256(text)),
    fc.string(),
  );
  fc.assert(
    fc.property(row, row, (one, other) => {
      assert.is(sealedText(...one) === sealedText(...other), one.join() === other.join());
    }),
  );
});

test.run();
