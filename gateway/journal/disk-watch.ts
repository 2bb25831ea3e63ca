import { statfs } from 'node:fs/promises';
import type { Clock, Timer } from '../clock.ts';
import { gatewayError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { DiskView } from '../web/events.ts';
import type { Journal } from './journal.ts';
import { JOURNAL_BYTES_MAX } from './journal-database.ts';

/** How often the disk is looked at. */
export const DISK_LOOK_MS = 10_000;
/** Less room than this is little: some hundred thousand rows, and all else that writes there. */
export const FREE_BYTES_MIN = 256 * 1024 ** 2;
/** On a small disk less than this part of it, in percent, is little. */
const FREE_PERCENT_MIN = 10;
/** A journal that fills more than this part of its own limit, in percent, is large. */
const FILLED_PERCENT_MAX = 80;
/** Rows that wait for the cloud; more say that nobody has noticed how long it is away. */
export const UNSTORED_ROWS_MAX = 100_000;
/** What was too little or too much is good again only this much later, in percent. */
const SLACK_PERCENT = 10;

/** Bytes that may still be written to a disk, and all that it has. */
export interface Space {
  readonly free: number;
  readonly size: number;
}

/** What the filesystem of a folder has left for a program without special rights. */
export async function spaceOf(folder: string): Promise<Space> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { free: bavail * bsize, size: blocks * bsize };
}

/** Looks at the disk and tells people before it is full. */
export interface DiskWatch {
  start(): void;
  stop(): void;
  readonly view: DiskView;
}

export interface DiskWatchOptions {
  readonly journal: Pick<Journal, 'used' | 'waiting'>;
  readonly space: () => Promise<Space>;
  readonly clock: Clock;
  readonly log: Log;
  readonly onChange: (view: DiskView) => void;
}

export function createDiskWatch(options: DiskWatchOptions): DiskWatch {
  const { journal, space, clock, log, onChange } = options;
  let view: DiskView = { free: 0, journal: 0, low: false };
  let timer: Timer;
  let stopped = true;

  async function look(): Promise<void> {
    try {
      const [{ free, size }, used] = await Promise.all([space(), journal.used()]);
      if (stopped) return;
      see({ free, journal: used }, reasonOf({ free, size }, used, journal.waiting, view.low));
    } catch (error) {
      log.warn({ fault: (error as Error).message }, 'the disk could not be looked at');
    }
    if (!stopped) timer = clock.setTimeout(() => void look(), DISK_LOOK_MS);
  }

  function see(figures: { free: number; journal: number }, reason: string | undefined): void {
    const was = view;
    view = { ...figures, low: reason !== undefined };
    if (view.low === was.low) return;
    if (reason === undefined) log.info(figures, 'the disk has room again');
    else {
      const { code, message } = gatewayError('journal-disk-low', { reason });
      log.error({ code, ...figures }, message);
    }
    onChange(view);
  }

  return {
    start() {
      stopped = false;
      void look();
    },
    stop() {
      stopped = true;
      clock.clearTimeout(timer);
    },
    get view() {
      return view;
    },
  };
}

/** What runs out, in words; a limit that was passed is left behind with some slack. */
function reasonOf(
  { free, size }: Space,
  used: number,
  waiting: number,
  wasLow: boolean,
): string | undefined {
  const [more, less] = wasLow ? [100 + SLACK_PERCENT, 100 - SLACK_PERCENT] : [100, 100];
  const least = Math.min(FREE_BYTES_MIN, (size * FREE_PERCENT_MIN) / 100);
  if (free < (least * more) / 100) return `${Math.floor(free / 1024)} KiB are free`;
  const filled = (used / JOURNAL_BYTES_MAX) * 100;
  if (filled > (FILLED_PERCENT_MAX * less) / 100) {
    return `the journal fills ${Math.floor(filled)} % of what it may`;
  }
  if (waiting > (UNSTORED_ROWS_MAX * less) / 100) return `${waiting} rows wait for the cloud`;
  return undefined;
}
