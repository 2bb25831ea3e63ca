import { JOURNAL_BATCH_ROWS_MAX, type JournalRow } from '@gatehouse/protocol';
import type { Clock, Timer } from '../clock.ts';
import type { Link } from '../link.ts';
import type { Log } from '../log.ts';
import type { Journal } from './journal.ts';
import type { PlacedRow } from './rows.ts';

/** No answer in this time: the same batch goes up again. */
const ANSWER_MS = 5_000;
/** How often an idle drain looks for new rows. */
const LOOK_MS = 250;
/** Stored rows stay on the gateway this long. */
export const RETENTION_MS = 24 * 3_600_000;
const PRUNE_EVERY_MS = 600_000;

/** Brings the journal to the cloud: in order, one batch under way, again until it is stored. */
export interface Drain {
  start(): void;
  stop(): void;
}

export interface DrainOptions {
  readonly journal: Journal;
  readonly link: Link;
  readonly clock: Clock;
  readonly log: Log;
  /** The cloud has stored an epoch up to and with a sequence. */
  readonly onStored: (epoch: string, upTo: number) => void;
  /** The cloud has stored the row of a passage. */
  readonly onPassage: (scanId: string) => void;
  /** Scan ids whose rows stay on the gateway, however old. */
  readonly keep: () => readonly string[];
}

export function createDrain(options: DrainOptions): Drain {
  const { journal, link, clock, log, onStored } = options;
  let timer: Timer;
  /** Epochs with a hole that the cloud does not know of yet: a later epoch names it. */
  const behindHole = new Set<string>();
  let underWay: { epoch: string; rows: readonly JournalRow[] } | undefined;
  let stopped = true;
  let reading = false;
  let pruned = Number.NEGATIVE_INFINITY;
  let unhear: (() => void)[] = [];

  function again(milliseconds: number): void {
    clock.clearTimeout(timer);
    if (!stopped) timer = clock.setTimeout(look, milliseconds);
  }

  function look(): void {
    underWay = undefined;
    prune();
    again(LOOK_MS);
    if (link.connected && journal.waiting > 0) void send(next);
  }

  async function next(): Promise<readonly PlacedRow[]> {
    const rows = await journal.unstored(JOURNAL_BATCH_ROWS_MAX, [...behindHole]);
    if (rows.length > 0 || behindHole.size === 0) return rows;
    behindHole.clear();
    again(ANSWER_MS);
    return [];
  }

  async function send(pick: () => Promise<readonly PlacedRow[]>): Promise<void> {
    if (reading) return;
    reading = true;
    try {
      const placed = await pick();
      const epoch = placed[0]?.epoch;
      if (stopped || epoch === undefined) return;
      const rows = placed.map(({ seq, previous, digest, body }) => ({
        ...{ seq, previous, digest, body },
      }));
      underWay = { epoch, rows };
      if (link.send('journal', { epoch, rows })) again(ANSWER_MS);
    } catch (error) {
      log.error({ fault: (error as Error).message }, 'journal not read');
      again(ANSWER_MS);
    } finally {
      reading = false;
    }
  }

  function stored(epoch: string, upTo: number): void {
    journal.stored(epoch, upTo);
    onStored(epoch, upTo);
    if (underWay?.epoch !== epoch) return;
    const { rows } = underWay;
    for (const { seq, body } of rows) if (seq <= upTo) tellPassage(body);
    if (upTo >= (rows.at(-1)?.seq ?? 0)) {
      behindHole.clear();
      look();
    } else if (upTo + 1 < (rows[0]?.seq ?? 0)) void send(() => before(epoch, upTo));
  }

  /**
   * The cloud lacks rows before those that were sent. It has forgotten them (its disk was brought
   * back from a copy) and they are still here; or they are lost, and a later epoch says so.
   */
  async function before(epoch: string, upTo: number): Promise<readonly PlacedRow[]> {
    const rows = await journal.rowsAfter(epoch, upTo, JOURNAL_BATCH_ROWS_MAX);
    if (rows[0]?.seq === upTo + 1) return rows;
    behindHole.add(epoch);
    return next();
  }

  function tellPassage(text: string): void {
    if (!text.startsWith('{"kind":"result"')) return;
    const { scanId, result } = JSON.parse(text) as { scanId?: string; result?: string };
    const isPassage = result === 'passed' || result === 'late';
    if (isPassage && scanId !== undefined) options.onPassage(scanId);
  }

  function prune(): void {
    if (clock.mono() - pruned < PRUNE_EVERY_MS) return;
    pruned = clock.mono();
    journal.prune(clock.wall() - RETENTION_MS, options.keep());
  }

  return {
    start() {
      stopped = false;
      unhear = [
        link.hear('journal', ({ epoch, upTo, parked }) => {
          if (parked.length > 0)
            log.error({ epoch, rows: parked.length }, 'rows parked by the cloud');
          stored(epoch, upTo);
        }),
        link.onChange((connected) => connected && again(0)),
      ];
      look();
    },
    stop() {
      stopped = true;
      clock.clearTimeout(timer);
      for (const stop of unhear) stop();
    },
  };
}
