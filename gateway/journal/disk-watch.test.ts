import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { temporaryFolder } from '../test/samples.ts';
import { virtualClock } from '../test/virtual-clock.ts';
import type { DiskView } from '../web/events.ts';
import {
  createDiskWatch,
  DISK_LOOK_MS,
  FREE_BYTES_MIN,
  type Space,
  spaceOf,
  UNSTORED_ROWS_MAX,
} from './disk-watch.ts';
import { JOURNAL_BYTES_MAX } from './journal-database.ts';

const GIB = 1024 ** 3;

function rig(size = 32 * GIB) {
  const clock = virtualClock();
  const told: DiskView[] = [];
  const codes: unknown[] = [];
  const faults: string[] = [];
  const disk = { free: size, used: 0, waiting: 0, fails: false };
  const log = {
    info: () => undefined,
    warn: (_: object, text: string) => faults.push(text),
    error: ({ code }: { code?: string }, text: string) => codes.push([code, text]),
  };
  const watch = createDiskWatch({
    ...{ clock, log: log as never },
    journal: {
      used: async () => disk.used,
      get waiting() {
        return disk.waiting;
      },
    },
    async space(): Promise<Space> {
      if (disk.fails) throw new Error('no such disk');
      return { free: disk.free, size };
    },
    onChange: (view) => told.push(view),
  });
  return {
    ...{ clock, told, codes, faults, disk, watch },
    async look() {
      await clock.advance(DISK_LOOK_MS);
      return watch.view.low;
    },
  };
}

test('little room is told once, with a code and with figures, and good again only with some slack', async () => {
  const { watch, disk, look, told, codes, clock } = rig();
  watch.start();
  await clock.settle();
  assert.equal(watch.view, { free: 32 * GIB, journal: 0, low: false });
  disk.free = FREE_BYTES_MIN - 1;
  assert.is(await look(), true);
  assert.is(await look(), true);
  const [said] = codes as [string, string][];
  assert.is(said?.[0], 'journal-disk-low');
  assert.match(said?.[1] ?? '', '262143 KiB are free');
  disk.free = FREE_BYTES_MIN + 1;
  assert.is(await look(), true, 'not flapping');
  disk.free = FREE_BYTES_MIN * 1.2;
  assert.is(await look(), false);
  assert.equal(
    told.map(({ low }) => low),
    [true, false],
  );
  assert.is(codes.length, 1);
  watch.stop();
  disk.free = 0;
  assert.is(await look(), false, 'stopped');
});

test('on a small disk a tenth of it is enough', async () => {
  const { watch, disk, look } = rig(1024 * 1024);
  watch.start();
  disk.free = 105_000;
  assert.is(await look(), false);
  disk.free = 104_000;
  assert.is(await look(), true);
  watch.stop();
});

test('a journal near its own limit, and too many rows that wait, are told as well', async () => {
  const { watch, disk, look, codes } = rig();
  watch.start();
  disk.used = JOURNAL_BYTES_MAX * 0.81;
  assert.is(await look(), true);
  disk.used = 0;
  assert.is(await look(), false);
  disk.waiting = UNSTORED_ROWS_MAX + 1;
  assert.is(await look(), true);
  const words = (codes as [string, string][]).map(([, text]) => text).join();
  assert.match(words, '81 %');
  assert.match(words, '100001 rows wait');
  watch.stop();
});

test('a disk that can’t be asked is asked again, and is no reason to cry', async () => {
  const { watch, disk, look, faults } = rig();
  disk.fails = true;
  watch.start();
  assert.is(await look(), false);
  assert.ok(faults.length > 0);
  disk.fails = false;
  disk.free = 0;
  assert.is(await look(), true);
  watch.stop();
});

test('a real folder says what is free', async () => {
  const { free, size } = await spaceOf(temporaryFolder());
  assert.ok(free > 0 && free <= size);
});

test.run();
