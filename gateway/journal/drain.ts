import { JOURNAL_BATCH_ROWS_MAX } from '@gatehouse/protocol';
import type { Clock, Timer } from '../clock.ts';
import type { Link } from '../link.ts';
import type { Log } from '../log.ts';
import type { Journal } from './journal.ts';

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
}

export function createDrain({ journal, link, clock, log, onStored }: DrainOptions): Drain {
  let timer: Timer;
  let underWay: { epoch: string; upTo: number } | undefined;
  let stopped = true;
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
    if (link.connected && journal.waiting > 0) send();
  }

  function send(): void {
    clock.clearTimeout(timer);
    journal.unstored(JOURNAL_BATCH_ROWS_MAX).then(
      (rows) => {
        const last = rows.at(-1);
        if (!last) again(LOOK_MS);
        if (stopped || !last) return;
        underWay = { epoch: last.epoch, upTo: last.seq };
        const bare = rows.map(({ seq, previous, digest, body }) => ({
          seq,
          previous,
          digest,
          body,
        }));
        link.send('journal', { epoch: last.epoch, rows: bare });
        again(ANSWER_MS);
      },
      (error: Error) => {
        log.error({ fault: error.message }, 'journal not read');
        again(ANSWER_MS);
      },
    );
  }

  function prune(): void {
    if (clock.mono() - pruned < PRUNE_EVERY_MS) return;
    pruned = clock.mono();
    journal.prune(clock.wall() - RETENTION_MS);
  }

  return {
    start() {
      stopped = false;
      unhear = [
        link.hear('journal', ({ epoch, upTo, parked }) => {
          if (parked.length > 0)
            log.error({ epoch, rows: parked.length }, 'rows parked by the cloud');
          journal.stored(epoch, upTo);
          onStored(epoch, upTo);
          if (underWay?.epoch === epoch && upTo >= underWay.upTo) look();
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
