import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { JournalGap } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeStart } from '../bring-back.ts';
import { silentLog } from '../log.ts';
import { body, EVENING, temporaryFolder } from '../test/samples.ts';
import { createJournal } from './journal.ts';
import { JournalFile } from './journal-file.ts';

const newFile = () => join(temporaryFolder(), 'journal.db');
const rows = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    body: JSON.stringify(body('passed', i + 1)),
    wall: EVENING + i,
  }));

/** Writes runs with so many rows each into a new file. */
function runs(counts: Readonly<Record<string, number>>): string {
  const file = newFile();
  for (const [epoch, count] of Object.entries(counts)) {
    const journal = new JournalFile({ file, epoch });
    for (let left = count; left > 0; left -= 20) journal.append(rows(Math.min(20, left)));
    journal.close();
  }
  return file;
}

/** Overwrites pages in the middle of a file, as a dying card does. */
function damage(file: string, from: number, bytes: number): void {
  const content = readFileSync(file);
  assert.ok(content.length > from + bytes);
  content.fill(0xa5, from, from + bytes);
  writeFileSync(file, content);
}

/** What is left of each epoch, and what is said to be missing: together it must be all. */
function pieces(journal: JournalFile, gaps: readonly JournalGap[], epoch: string): number[] {
  const kept: number[] = [];
  for (let but = -1; ; ) {
    const batch = journal.rowsAfter(epoch, Math.max(but, 0), 10_000);
    if (batch.length === 0) break;
    kept.push(...batch.map(({ seq }) => seq));
    but = kept.at(-1) as number;
  }
  const missing = gaps
    .filter((gap) => gap.epoch === epoch)
    .flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
  return [...kept, ...missing].sort((one, other) => one - other);
}

const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

test('damage in the middle of a journal: every row is either kept or named in a gap', () => {
  const file = runs({ a: 400, b: 3 });
  damage(file, 100_000, 16_000);
  const journal = new JournalFile({ file, epoch: 'c' });
  const { damage: why, gaps = [] } = journal.recovered;
  assert.ok(why);
  assert.ok(gaps.length > 0);
  const places = journal.unstored(10_000);
  assert.is(places[0]?.seq, 1, 'rows on both sides of it');
  assert.ok(places.length < 400, 'a batch ends at the hole');
  assert.equal(pieces(journal, gaps, 'a'), upTo(400));
  assert.equal(pieces(journal, gaps, 'b'), upTo(3));
  assert.equal([...new Set(gaps.map((gap) => gap.why))], ['missing']);
  journal.close();
});

test('rows lost at the end of an epoch and at the beginning of the next are counted by row ids', () => {
  const file = runs({ a: 200, b: 200 });
  const db = new DatabaseSync(file);
  db.exec("DELETE FROM row WHERE (epoch = 'a' AND seq > 190) OR (epoch = 'b' AND seq <= 15)");
  db.exec("DELETE FROM row WHERE epoch = 'b' AND seq > 195");
  db.close();
  damage(file, 40_000, 4_096);
  const journal = new JournalFile({ file, epoch: 'c' });
  const { gaps = [] } = journal.recovered;
  assert.equal(pieces(journal, gaps, 'a'), upTo(200));
  assert.equal(pieces(journal, gaps, 'b'), upTo(200));
  journal.close();
});

test('a row that is not what was written is not sent on: a gap names it, the old file keeps it', () => {
  const file = runs({ a: 30 });
  const db = new DatabaseSync(file);
  db.exec("UPDATE row SET body = replace(body, 'passed', 'peeled') WHERE seq IN (7, 8, 20)");
  db.exec("UPDATE row SET digest = 'no digest at all' WHERE seq = 21");
  db.exec('DELETE FROM row WHERE seq = 9');
  db.close();
  const journal = new JournalFile({ file, epoch: 'b' });
  assert.match(journal.recovered.damage ?? '', 'a/7');
  const epoch = 'a';
  assert.equal(journal.recovered.gaps, [
    { epoch, from: 7, to: 8, why: 'broken-seal' },
    { epoch, from: 9, to: 9, why: 'missing' },
    { epoch, from: 20, to: 21, why: 'broken-seal' },
  ]);
  journal.close();
  assert.ok(readdirSync(join(file, '..')).includes('journal.damaged-b.db'));
});

test('what the cloud has stored before the damage is no gap', () => {
  const file = runs({ a: 60 });
  const db = new DatabaseSync(file);
  db.exec('UPDATE row SET stored = 1 WHERE seq <= 40');
  db.exec(
    "DELETE FROM row WHERE seq IN (1, 2, 3, 30, 50); UPDATE row SET body = '' WHERE seq = 60",
  );
  db.close();
  const journal = new JournalFile({ file, epoch: 'b' });
  const missing = journal.recovered.gaps?.map(({ from, to }) => [from, to]);
  assert.equal(missing, [
    [50, 50],
    [60, 60],
  ]);
  journal.close();
});

test('step 8: the start writes a gap row for each range, before it says that it has started', async () => {
  const file = runs({ a: 30 });
  const db = new DatabaseSync(file);
  db.exec("DELETE FROM row WHERE seq = 4; UPDATE row SET body = '' WHERE seq = 9");
  db.close();
  const journal = createJournal({ file, epoch: 'b' });
  const recovered = await journal.start();
  const at = () => body('event').at;
  await writeStart(recovered, { journal, log: silentLog, at, cursor: null, passed: [] });
  const written = (await journal.rowsAfter('b', 0, 100)).map(({ body: text }) => JSON.parse(text));
  assert.equal(
    written.map(({ event, gap }) => [event, gap?.from, gap?.to, gap?.why]),
    [
      ['gap', undefined, undefined, undefined],
      ['gap', 4, 4, 'missing'],
      ['gap', 9, 9, 'broken-seal'],
      ['started', undefined, undefined, undefined],
    ],
  );
  await journal.stop();
});

test('a file that loses rows in the middle of a run never gives their numbers away again', () => {
  const file = runs({ a: 30 });
  const db = new DatabaseSync(file);
  const told = db.prepare('SELECT seq, digest FROM row WHERE seq = 30').get() as never;
  db.exec("DELETE FROM row WHERE seq > 25; UPDATE row SET body = '' WHERE seq = 3");
  db.close();
  const journal = new JournalFile({ file, epoch: 'a' }, told);
  const [next] = journal.append(rows(1));
  assert.is(next?.seq, 31);
  assert.is(next?.previous, (told as { digest: string }).digest, 'the chain goes on');
  assert.equal(pieces(journal, journal.recovered.gaps ?? [], 'a'), upTo(31));
  journal.close();
});

test.run();
