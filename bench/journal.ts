import { join } from 'node:path';
import { createJournal } from '@gatehouse/gateway';
import type { JournalBody } from '@gatehouse/protocol';
import { benchFolder, fsyncTimes } from './disk.ts';
import { atLeast, type Benchmark, percentile } from './figure.ts';
import { stampNow } from './sample.ts';

const ROUNDS = 5;
const ROWS = 400;
const AT_ONCE = 50;

const row: JournalBody = {
  kind: 'refusal',
  scanId: '01890a5d-ac96-774b-bcce-b302099a8057',
  lane: 'lane-1',
  direction: 'entry',
  ticket: 'ticket',
  at: stampNow(),
  cursor: 1,
  verdict: { key: 'already-used', details: {} },
  decidedBy: 'gateway',
};

/** Rows per second of the journal against the disk's own rate of synced appends. */
export const journal: Benchmark = {
  name: 'journal',
  about: 'journal appends against bare fsync of the same disk',
  async run() {
    const folder = benchFolder();
    const file = createJournal({ file: join(folder.path, 'journal.db'), epoch: 'bench' });
    await file.start();
    const rates = { disk: [] as number[], single: [] as number[], group: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      const synced = fsyncTimes(folder.path, ROWS).reduce((sum, time) => sum + time, 0);
      rates.disk.push((1000 * ROWS) / synced);
      rates.single.push(await rate(1, ROWS, () => file.append(row)));
      rates.group.push(await rate(AT_ONCE, ROWS * 10, () => file.append(row)));
    }
    await file.stop();
    folder.remove();
    const limit = { name: 'fsync', value: percentile(rates.disk, 0.5), unit: 'rows/s' };
    const single = percentile(rates.single, 0.5);
    const group = percentile(rates.group, 0.5);
    return [
      atLeast(0.8, { name: 'journal, one at a time', value: single, unit: 'rows/s', limit }),
      atLeast(10, { name: `journal, ${AT_ONCE} at once`, value: group, unit: 'rows/s', limit }),
    ];
  },
};

/** Calls per second with so many under way at any time. */
async function rate(atOnce: number, count: number, call: () => Promise<unknown>): Promise<number> {
  let left = count;
  const began = performance.now();
  const work = async () => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return (1000 * count) / (performance.now() - began);
}
