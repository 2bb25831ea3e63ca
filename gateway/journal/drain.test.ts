import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { JournalBatch } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../log.ts';
import { fakeLink } from '../test/fake-link.ts';
import { body, EVENING, temporaryFolder } from '../test/samples.ts';
import { virtualClock } from '../test/virtual-clock.ts';
import { createDrain } from './drain.ts';
import type { Journal } from './journal.ts';
import { JournalFile } from './journal-file.ts';

const rows = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    body: JSON.stringify(body('event', i + 1)),
    wall: EVENING + i,
  }));

/** A drain over a real file, with a cloud that has what it has. */
function rig(file: string, epoch: string) {
  const clock = virtualClock();
  const link = fakeLink();
  const journal = new JournalFile({ file, epoch });
  const sent: string[] = [];
  const port = {
    get waiting() {
      return journal.waiting;
    },
    unstored: async (limit: number, but: readonly string[]) => journal.unstored(limit, but),
    rowsAfter: async (of: string, seq: number, limit: number) => journal.rowsAfter(of, seq, limit),
    stored: (of: string, upTo: number) => journal.stored(of, upTo),
    prune() {},
  } as unknown as Journal;
  const drain = createDrain({
    ...{ journal: port, link, clock, log: silentLog },
    onStored() {},
    onPassage() {},
    keep: () => [],
  });
  return {
    ...{ clock, link, journal, sent },
    /** @param upTo what the cloud says of an epoch after a batch of it */
    async run(upTo: (batch: JournalBatch) => number, milliseconds = 30_000) {
      link.react('journal', (batch) => {
        const [first] = batch.rows;
        sent.push(`${batch.epoch}${first?.seq}-${batch.rows.at(-1)?.seq}`);
        const said = { epoch: batch.epoch, upTo: upTo(batch), parked: [] };
        clock.setTimeout(() => link.deliver('journal', said), 5);
      });
      drain.start();
      link.connect(true);
      await clock.advance(milliseconds);
      drain.stop();
    },
  };
}

function twoRuns(): string {
  const file = join(temporaryFolder(), 'journal.db');
  for (const [epoch, count] of [
    ['a', 300],
    ['b', 10],
  ] as const) {
    const journal = new JournalFile({ file, epoch });
    journal.append(rows(count));
    journal.close();
  }
  return file;
}

test('step 8: rows behind a hole wait till the epoch that names it has gone up, then follow', async () => {
  const file = twoRuns();
  const db = new DatabaseSync(file);
  db.exec("DELETE FROM row WHERE epoch = 'a' AND seq BETWEEN 6 AND 9");
  db.close();
  const { sent, journal, run } = rig(file, 'c');
  const heads = new Map<string, number>();
  await run(({ epoch, rows: batch }) => {
    const hole = epoch === 'a' && !heads.has('b') ? 5 : 1_000;
    const head = Math.min(hole, batch.at(-1)?.seq ?? 0);
    heads.set(epoch, head);
    return head;
  });
  assert.equal(sent, ['a1-5', 'a10-209', 'b1-10', 'a10-209', 'a210-300']);
  assert.is(journal.waiting, 0);
  journal.close();
});

test('a hole that nobody names holds up its own epoch only, and is asked about again', async () => {
  const file = twoRuns();
  const db = new DatabaseSync(file);
  db.exec("DELETE FROM row WHERE epoch = 'a' AND seq = 1");
  db.close();
  const { sent, journal, run } = rig(file, 'c');
  await run(({ epoch, rows: batch }) => (epoch === 'a' ? 0 : (batch.at(-1)?.seq ?? 0)), 20_000);
  assert.equal(sent.slice(0, 2), ['a2-201', 'b1-10']);
  const again = sent.slice(2);
  assert.ok(again.length >= 2 && again.length <= 6, `${again}`);
  assert.equal([...new Set(again)], ['a2-201']);
  journal.close();
});

test('a cloud that has forgotten rows gets them again while they are here', async () => {
  const file = twoRuns();
  const { sent, journal, run } = rig(file, 'c');
  journal.stored('a', 250);
  let head = 0;
  await run(({ epoch, rows: batch }) => {
    if (epoch !== 'a') return batch.at(-1)?.seq ?? 0;
    const [first] = batch;
    if (first && first.seq <= head + 1) head = Math.max(head, batch.at(-1)?.seq ?? 0);
    return head;
  });
  assert.equal(sent, ['a251-300', 'a1-200', 'a251-300', 'a201-300', 'b1-10']);
  assert.is(journal.waiting, 0);
  journal.close();
});

test.run();
