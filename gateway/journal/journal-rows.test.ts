import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { body, EVENING, temporaryFolder } from '../test/samples.ts';
import { createJournal } from './journal.ts';
import { BATCH_BYTES_MAX, JournalFile } from './journal-file.ts';
import type { PlacedRow } from './rows.ts';

const newFile = () => join(temporaryFolder(), 'journal.db');
const row = (number: number) => ({
  body: JSON.stringify(body('event', number)),
  wall: EVENING + number,
});
const places = (rows: readonly PlacedRow[]) => rows.map(({ epoch, seq }) => `${epoch}${seq}`);

test('whoever listens is told of every durable row, in order and word for word', async () => {
  const journal = createJournal({ file: newFile(), epoch: 'a' });
  await journal.start();
  assert.equal(journal.head, { epoch: 'a', seq: 0 });
  const told: PlacedRow[] = [];
  const heads: number[] = [];
  const stop = journal.onAppend((kept) => {
    told.push(kept);
    heads.push(journal.head.seq);
  });
  const seqs = await Promise.all(
    Array.from({ length: 300 }, (_, i) => journal.append(body('intent', i + 1))),
  );
  const onDisk: PlacedRow[] = [];
  for (let seq = 0; seq < seqs.length; seq = onDisk.at(-1)?.seq ?? 0) {
    onDisk.push(...(await journal.rowsAfter('a', seq, 1_000)));
  }
  assert.equal(told, onDisk);
  assert.equal(heads, seqs);
  assert.equal(journal.head, { epoch: 'a', seq: 300 });
  stop();
  await journal.append(body('event'));
  assert.is(told.length, 300);
  await journal.stop();
});

test('a row that the disk refuses is told to nobody, and the next one takes its place', async () => {
  const journal = createJournal({ file: newFile(), epoch: 'a', bytesMax: 80_000 });
  await journal.start();
  const told: number[] = [];
  journal.onAppend(({ seq }) => told.push(seq));
  let code = '';
  for (let number = 1; number < 1_000 && code === ''; number++) {
    await journal.append(body('intent', number)).catch((error: { code: string }) => {
      code = error.code;
    });
  }
  assert.is(code, 'journal-disk-full');
  assert.is(journal.head.seq, told.at(-1));
  journal.stored('a', told.length);
  journal.prune(EVENING + 10_000, []);
  assert.is(await journal.append(body('event')), told.at(-1));
  assert.equal(
    told,
    told.map((_, i) => i + 1),
  );
  await journal.stop();
});

test('rows that a writer brought to disk and died over are told by the next one', async () => {
  const { postMessage } = Worker.prototype;
  const writers: Worker[] = [];
  Worker.prototype.postMessage = function (this: Worker, message: unknown) {
    if (writers.at(-1) !== this) writers.push(this);
    postMessage.call(this, message);
  };
  const file = newFile();
  const journal = createJournal({ file, epoch: 'a' });
  await journal.start();
  Worker.prototype.postMessage = postMessage;
  const told: PlacedRow[] = [];
  journal.onAppend((kept) => told.push(kept));
  await journal.append(body('event', 1));
  // The writer is deaf and dumb from here on; what it would have written is on disk all the same.
  await writers[0]?.terminate();
  const instead = new JournalFile({ file, epoch: 'a' });
  const written = instead.append([row(2), row(3)]);
  instead.close();
  assert.is(await journal.append(body('event', 4)), 4);
  assert.equal(
    told.map(({ seq }) => seq),
    [1, 2, 3, 4],
  );
  assert.equal(told.slice(1, 3), written);
  await journal.stop();
});

test('rows after a place come stored or not, of one epoch, and no more than a batch', () => {
  const file = newFile();
  for (const epoch of ['z', 'a']) {
    const journal = new JournalFile({ file, epoch });
    journal.append([row(1), row(2), row(3)]);
    journal.close();
  }
  const journal = new JournalFile({ file, epoch: 'm' });
  journal.stored('z', 2);
  assert.equal(places(journal.rowsAfter('z', 0, 10)), ['z1', 'z2', 'z3']);
  assert.equal(places(journal.rowsAfter('z', 1, 1)), ['z2']);
  assert.equal(places(journal.rowsAfter('a', 3, 10)), []);
  assert.equal(places(journal.rowsAfter('nobody', 0, 10)), []);
  const large = JSON.stringify('x'.repeat(BATCH_BYTES_MAX / 4));
  journal.append(Array.from({ length: 6 }, () => ({ body: large, wall: EVENING })));
  assert.equal(places(journal.rowsAfter('m', 0, 10)), ['m1', 'm2', 'm3']);
  journal.close();
});

test('epochs that are still here come oldest first, with what is left of each', () => {
  const file = newFile();
  for (const epoch of ['z', 'a', 'm']) {
    const journal = new JournalFile({ file, epoch });
    assert.is(journal.seq, 0);
    journal.append([row(1), row(2), row(3)]);
    journal.close();
  }
  const journal = new JournalFile({ file, epoch: 'now' });
  journal.stored('z', 2);
  journal.stored('m', 1);
  journal.prune(EVENING + 1_000, []);
  assert.equal(
    journal.epochs().map((kept) => ({ ...kept })),
    [
      { epoch: 'z', first: 3, last: 3 },
      { epoch: 'a', first: 1, last: 3 },
      { epoch: 'm', first: 2, last: 3 },
    ],
  );
  journal.close();
});

test('a journal that was never written has no epochs', async () => {
  const journal = createJournal({ file: newFile(), epoch: 'a' });
  await journal.start();
  assert.equal(await journal.epochs(), []);
  assert.equal(await journal.rowsAfter('a', 0, 10), []);
  await journal.stop();
});

test.run();
