import {
  EPOCHS_MAX,
  JOURNAL_BATCH_ROWS_MAX,
  type JournalPlace,
  type JournalRow,
} from '@gatehouse/protocol';
import type { Journal, PlacedRow } from '../journal/index.ts';
import type { Log } from '../log.ts';
import type { PeerLink } from './peer-link.ts';

/** Rows told without an answer; a gateway that falls further behind is told batch by batch. */
const UNANSWERED_MAX = 500;

/** Tells other gateways what is in this one's journal, row by row as soon as it is on disk. */
export interface JournalOut {
  start(): void;
  stop(): void;
  /**
   * A session has begun.
   * @param heard what the other has already
   */
  begin(gateway: string, heard: readonly JournalPlace[]): void;
  end(gateway: string): void;
  /** The other has everything of that epoch up to there. */
  answered(gateway: string, place: JournalPlace): void;
}

interface Telling {
  readonly gateway: string;
  readonly heard: Map<string, number>;
  /** Caught up: rows go out as they are written. */
  live: boolean;
  ended: boolean;
  wake: () => void;
}

export interface JournalOutOptions {
  readonly journal: Journal;
  readonly link: PeerLink;
  readonly log: Log;
}

export function createJournalOut({ journal, link, log }: JournalOutOptions): JournalOut {
  const tellings = new Map<string, Telling>();
  let stopHearing: () => void = () => undefined;

  function tell({ gateway }: Telling, epoch: string, after: number, placed: readonly PlacedRow[]) {
    const rows: JournalRow[] = placed.map(({ seq, previous, digest, body }) => ({
      ...{ seq, previous, digest, body },
    }));
    link.send(gateway, { type: 'rows', epoch, after, rows });
  }

  function written(row: PlacedRow): void {
    for (const telling of tellings.values()) {
      if (!telling.live) continue;
      const unanswered = row.seq - (telling.heard.get(row.epoch) ?? 0);
      if (unanswered <= UNANSWERED_MAX) tell(telling, row.epoch, row.seq - 1, [row]);
      else void catchUp(telling);
    }
  }

  function answer(telling: Telling): Promise<void> {
    return new Promise((resolve) => {
      telling.wake = resolve;
    });
  }

  async function catchUp(telling: Telling): Promise<void> {
    telling.live = false;
    try {
      for (const { epoch, first } of (await journal.epochs()).slice(-EPOCHS_MAX)) {
        await tellEpoch(telling, epoch, first);
      }
      let goesOn = true;
      while (goesOn && !isAtHead(telling)) goesOn = await tellEpoch(telling, journal.epoch, 1);
      telling.live = !telling.ended;
    } catch (error) {
      log.warn({ gateway: telling.gateway, fault: (error as Error).message }, 'journal not told');
      if (!telling.ended) link.renew(telling.gateway);
    }
  }

  function isAtHead({ heard }: Telling): boolean {
    return (heard.get(journal.epoch) ?? 0) >= journal.head.seq;
  }

  /** Batch after batch, each once the one before has been answered; says whether there was any. */
  async function tellEpoch(telling: Telling, epoch: string, first: number): Promise<boolean> {
    let told = false;
    let after = Math.max(telling.heard.get(epoch) ?? 0, first - 1);
    while (!telling.ended) {
      const rows = await journal.rowsAfter(epoch, after, JOURNAL_BATCH_ROWS_MAX);
      const last = rows.at(-1)?.seq;
      if (last === undefined || telling.ended) break;
      told = true;
      tell(telling, epoch, after, rows);
      while (!telling.ended && (telling.heard.get(epoch) ?? 0) < last) await answer(telling);
      after = last;
    }
    return told && !telling.ended;
  }

  function end(gateway: string): void {
    const telling = tellings.get(gateway);
    if (!telling) return;
    tellings.delete(gateway);
    telling.ended = true;
    telling.wake();
  }

  return {
    start() {
      stopHearing = journal.onAppend(written);
    },
    stop() {
      stopHearing();
      for (const gateway of [...tellings.keys()]) end(gateway);
    },
    begin(gateway, heard) {
      end(gateway);
      const places = new Map(heard.map(({ epoch, seq }) => [epoch, seq]));
      const telling = { gateway, heard: places, live: false, ended: false, wake: () => undefined };
      tellings.set(gateway, telling);
      void catchUp(telling);
    },
    end,
    answered(gateway, { epoch, seq }) {
      const telling = tellings.get(gateway);
      if (!telling) return;
      telling.heard.set(epoch, Math.max(seq, telling.heard.get(epoch) ?? 0));
      telling.wake();
    },
  };
}
