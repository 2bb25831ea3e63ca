import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { FIRST_PREVIOUS } from '@gatehouse/protocol/journal-digest';
import { openJournalDatabase } from './journal-database.ts';
import { recover } from './recover.ts';
import {
  digestOf,
  type JournalOptions,
  type KeptEpoch,
  type PlacedRow,
  type Recovered,
  type Told,
} from './rows.ts';

/** Bytes of a batch that goes up, at most. */
export const BATCH_BYTES_MAX = 256 * 1024;
/** Rows deleted in one commit, so that no lane waits behind a long one. */
export const PRUNE_ROWS_MAX = 2_000;
/** Digests and framing of a row beside its body. */
const ROW_BYTES = 200;

/** Finds each epoch by a jump in the index: a journal of a million rows has a handful. */
const EPOCHS = `
  WITH RECURSIVE kept (epoch) AS (
    SELECT min(epoch) FROM row
    UNION ALL
    SELECT (SELECT min(epoch) FROM row WHERE epoch > kept.epoch) FROM kept WHERE epoch IS NOT NULL
  )
  SELECT epoch,
    (SELECT min(seq) FROM row WHERE row.epoch = kept.epoch) AS first,
    (SELECT max(seq) FROM row WHERE row.epoch = kept.epoch) AS last
  FROM kept WHERE epoch IS NOT NULL
  ORDER BY (SELECT id FROM row WHERE row.epoch = kept.epoch ORDER BY seq LIMIT 1)
`;

export interface NewRow {
  /** JSON text of a JournalBody. */
  readonly body: string;
  /** Wall time in it, milliseconds since 1970. */
  readonly wall: number;
}

/** The journal on disk: one SQLite file, every commit synced before it returns. */
export class JournalFile {
  readonly #db: DatabaseSync;
  readonly #epoch: string;
  readonly #insert: StatementSync;
  readonly #unstored: StatementSync;
  readonly #after: StatementSync;
  readonly #stored: StatementSync;
  readonly recovered: Recovered;
  #seq: number;
  #previous: string;
  #waiting = 0;

  /** @param told by which a writer that died within this run is gone on from */
  constructor(options: JournalOptions, told: Told = { seq: 0, digest: FIRST_PREVIOUS }) {
    const { db, found } = openJournalDatabase(options, recover);
    this.#db = db;
    this.#epoch = options.epoch;
    this.recovered = found;
    this.#waiting = Number(db.prepare('SELECT count(*) AS n FROM row WHERE stored = 0').get()?.n);
    this.#insert = db.prepare(
      'INSERT INTO row (epoch, seq, previous, digest, body, wall) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#unstored = db.prepare(
      `SELECT epoch, seq, previous, digest, body FROM row WHERE stored = 0
       AND epoch NOT IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?`,
    );
    this.#after = db.prepare(
      `SELECT epoch, seq, previous, digest, body FROM row WHERE epoch = ? AND seq > ?
       ORDER BY seq LIMIT ?`,
    );
    this.#stored = db.prepare(
      'UPDATE row SET stored = 1 WHERE epoch = ? AND seq <= ? AND stored = 0',
    );
    const last = db
      .prepare('SELECT seq, digest FROM row WHERE epoch = ? ORDER BY seq DESC LIMIT 1')
      .get(this.#epoch) as unknown as Told | undefined;
    const { seq, digest } = last && last.seq >= told.seq ? last : told;
    this.#seq = seq;
    this.#previous = digest;
  }

  /** Writes rows in one commit; they are on disk, with these places, when it returns. */
  append(rows: readonly NewRow[]): PlacedRow[] {
    const placed: PlacedRow[] = [];
    let { seq, previous } = { seq: this.#seq, previous: this.#previous };
    this.#transaction(() => {
      for (const { body, wall } of rows) {
        const digest = digestOf(previous, body);
        seq += 1;
        this.#insert.run(this.#epoch, seq, previous, digest, body, wall);
        placed.push({ epoch: this.#epoch, seq, previous, digest, body });
        previous = digest;
      }
    });
    this.#seq = seq;
    this.#previous = previous;
    this.#waiting += rows.length;
    return placed;
  }

  /** The oldest rows that the cloud has not stored, but for these epochs; all of one batch. */
  unstored(limit: number, but: readonly string[] = []): PlacedRow[] {
    return batchOf(this.#unstored.all(JSON.stringify(but), limit) as unknown as PlacedRow[]);
  }

  /** Rows of an epoch after a sequence, stored or not, as many as one batch takes. */
  rowsAfter(epoch: string, seq: number, limit: number): PlacedRow[] {
    return batchOf(this.#after.all(epoch, seq, limit) as unknown as PlacedRow[]);
  }

  /** Epochs of which rows are left, oldest first. */
  epochs(): KeptEpoch[] {
    return this.#db.prepare(EPOCHS).all() as unknown as KeptEpoch[];
  }

  /** Bytes that rows fill; what pruned ones left behind is filled again and does not count. */
  get used(): number {
    const read = (name: string) => Number(this.#db.prepare(`PRAGMA ${name}`).get()?.[name]);
    return (read('page_count') - read('freelist_count')) * read('page_size');
  }

  /** The newest row of this run; 0 before the first. */
  get seq(): number {
    return this.#seq;
  }

  /** Rows that the cloud has not stored. */
  get waiting(): number {
    return this.#waiting;
  }

  stored(epoch: string, upTo: number): void {
    this.#waiting -= Number(this.#stored.run(epoch, upTo).changes);
  }

  /**
   * Deletes rows that the cloud has stored and that were written before a wall time, the oldest
   * first. The newest row stays, so that the epoch can be gone on with.
   * @param keep scan ids whose rows stay: passages that no ticket row of the cloud contains yet
   */
  prune(before: number, keep: readonly string[]): void {
    this.#transaction(() => {
      const last = this.#db.prepare('SELECT max(wall) AS wall FROM row').get();
      this.#db
        .prepare("INSERT OR REPLACE INTO about VALUES ('last-wall', ?)")
        .run(Number(last?.wall ?? 0));
      this.#db
        .prepare(
          `DELETE FROM row WHERE id IN (
             SELECT id FROM row WHERE stored = 1 AND wall < ?1 AND id < (SELECT max(id) FROM row)
               AND NOT (json_valid(body) AND coalesce(json_extract(body, '$.scanId'), '') IN
                 (SELECT value FROM json_each(?2)))
             ORDER BY id LIMIT ${PRUNE_ROWS_MAX})`,
        )
        .run(before, JSON.stringify(keep));
    });
  }

  #transaction(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#db.exec('COMMIT');
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#db.close();
  }
}

/** The first rows that are of one epoch, without a hole, and fit into a batch; one at least. */
function batchOf(rows: readonly PlacedRow[]): PlacedRow[] {
  const batch: PlacedRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    const last = batch.at(-1);
    bytes += row.body.length + ROW_BYTES;
    const follows = row.epoch === last?.epoch && row.seq === last.seq + 1;
    if (last && (!follows || bytes > BATCH_BYTES_MAX)) break;
    batch.push({ ...row });
  }
  return batch;
}
