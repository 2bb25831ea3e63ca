import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { body, temporaryFolder, VENUE_KEY } from '../test/samples.ts';
import { TicketStore } from '../tickets/index.ts';
import { createJournal } from './journal.ts';
import { keepReserve, spendReserve } from './reserve.ts';

/** Starts and ends a gateway's files once; gives the code of what stood in the way. */
async function openAll(folder: string, epoch: string): Promise<string> {
  const journal = createJournal({ file: join(folder, 'journal.db'), epoch });
  try {
    await journal.start();
    await journal.append(body('event'));
    new TicketStore(join(folder, 'tickets.db'), VENUE_KEY).close();
    return 'open';
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await journal.stop();
  }
}

test('a gateway starts on a full disk with the room that it has kept for it', async () => {
  const folder = temporaryFolder();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', folder]);
  if (mounted.status !== 0) {
    console.log('SKIPPED the full disk of reserve.test.ts: mount may not be used here');
    return;
  }
  try {
    assert.is(await openAll(folder, 'a'), 'open');
    assert.is(await keepReserve(folder), true);
    assert.throws(() => writeFileSync(join(folder, 'filler'), Buffer.alloc(4 * 1024 ** 2)));
    assert.is(await openAll(folder, 'b'), 'journal-failed', 'without it there is no start');
    await spendReserve(folder);
    assert.is(await openAll(folder, 'c'), 'open');
    writeFileSync(join(folder, 'more'), Buffer.alloc(512 * 1024));
    assert.is(await keepReserve(folder), false, 'there is no room for another');
    assert.not.ok(existsSync(join(folder, 'reserve')), 'and what there is is left to others');
    assert.is(await openAll(folder, 'd'), 'open');
  } finally {
    spawnSync('umount', [folder]);
  }
});

test('a folder without a reserve has nothing to give back', async () => {
  await spendReserve(temporaryFolder());
});

test.run();
