import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { FIRST_PREVIOUS, JournalBody } from '@gatehouse/protocol';
import { digestOf, type PlacedRow, type Recovered } from './rows.ts';

/** Bytes of a batch that goes up, at most. */
const BATCH_BYTES_MAX = 256 * 1024;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS row (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    epoch TEXT NOT NULL,
    seq INTEGER NOT NULL,
    previous TEXT NOT NULL,
    digest TEXT NOT NULL,
    body TEXT NOT NULL,
    wall INTEGER NOT NULL,
    stored INTEGER NOT NULL DEFAULT 0,
    UNIQUE (epoch, seq)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS row_unstored ON row (id) WHERE stored = 0;
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
`;

/** A pragma that SQLite did not take: the journal would not survive a power cut. */
export class UnsafeJournal extends Error {
  readonly pragma: string;
  readonly wanted: string;
  readonly found: string;
  constructor(pragma: string, wanted: string, found: string) {
    super(`${pragma} is ${found}, not ${wanted}`);
    this.pragma = pragma;
    this.wanted = wanted;
    this.found = found;
  }
}

/** The journal on disk: one SQLite file, every commit synced before it returns. */
export class JournalFile {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #epoch: string;
  #seq = 0;
  #previous = FIRST_PREVIOUS;
  #waiting = 0;

  constructor(file: string, epoch: string) {
    this.#db = new DatabaseSync(file);
    this.#epoch = epoch;
    this.#pragma('journal_mode', 'WAL', 'wal');
    this.#pragma('synchronous', 'FULL', '2');
    this.#db.exec(SCHEMA);
    const row = this.#db.prepare('SELECT count(*) AS n FROM row WHERE stored = 0').get();
    this.#waiting = Number(row?.n);
    this.#insert = this.#db.prepare(
      'INSERT INTO row (epoch, seq, previous, digest, body, wall) VALUES (?, ?, ?, ?, ?, ?)',
    );
  }

  #pragma(name: string, value: string, wanted: string): void {
    this.#db.exec(`PRAGMA ${name} = ${value}`);
    const row = this.#db.prepare(`PRAGMA ${name}`).get();
    const found = String(Object.values(row ?? {})[0]);
    if (found !== wanted) throw new UnsafeJournal(name, wanted, found);
  }

  /** Writes rows in one commit; they are on disk when it returns. Gives the first sequence. */
  append(bodies: readonly string[]): number {
    let { seq, previous } = { seq: this.#seq, previous: this.#previous };
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      for (const body of bodies) {
        const digest = digestOf(previous, body);
        seq += 1;
        this.#insert.run(this.#epoch, seq, previous, digest, body, wallOf(body));
        previous = digest;
      }
      this.#db.exec('COMMIT');
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
    const first = this.#seq + 1;
    this.#seq = seq;
    this.#previous = previous;
    this.#waiting += bodies.length;
    return first;
  }

  /** The oldest rows that the cloud has not stored, all of one epoch. */
  unstored(limit: number): PlacedRow[] {
    const rows = this.#db
      .prepare(
        'SELECT epoch, seq, previous, digest, body FROM row WHERE stored = 0 ORDER BY id LIMIT ?',
      )
      .all(limit) as unknown as PlacedRow[];
    const batch: PlacedRow[] = [];
    let bytes = 0;
    for (const row of rows) {
      bytes += row.body.length + 200;
      if (row.epoch !== rows[0]?.epoch || (bytes > BATCH_BYTES_MAX && batch.length > 0)) break;
      batch.push(row);
    }
    return batch;
  }

  /** Rows that the cloud has not stored. */
  get waiting(): number {
    return this.#waiting;
  }

  stored(epoch: string, upTo: number): void {
    const { changes } = this.#db
      .prepare('UPDATE row SET stored = 1 WHERE epoch = ? AND seq <= ? AND stored = 0')
      .run(epoch, upTo);
    this.#waiting -= Number(changes);
  }

  /** Deletes rows that the cloud has stored and that were written before a wall time. */
  prune(before: number): void {
    this.#db.exec('BEGIN IMMEDIATE');
    const last = this.#db.prepare('SELECT max(wall) AS wall FROM row').get();
    this.#db
      .prepare(
        "INSERT INTO meta VALUES ('last-wall', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
      )
      .run(Number(last?.wall ?? 0));
    this.#db.prepare('DELETE FROM row WHERE stored = 1 AND wall < ?').run(before);
    this.#db.exec('COMMIT');
  }

  /** Reads what the runs before this one left behind. Unreadable bodies are left to the cloud. */
  recover(): Recovered {
    const intents = new Map<string, Recovered['unsettled'][number]>();
    const passed: Recovered['passed'][number][] = [];
    const meta = this.#db.prepare("SELECT value FROM meta WHERE name = 'last-wall'").get();
    let lastWall = Number(meta?.value ?? 0);
    for (const { body, wall } of this.#db
      .prepare('SELECT body, wall FROM row ORDER BY id')
      .iterate()) {
      lastWall = Math.max(lastWall, Number(wall));
      const parsed = JournalBody.safeParse(JSON.parse(String(body)));
      if (!parsed.success) continue;
      const { data } = parsed;
      if (data.kind === 'intent' && data.scanId) intents.set(data.scanId, data);
      if (data.kind !== 'result' || !data.scanId) continue;
      intents.delete(data.scanId);
      if (data.result === 'passed' || data.result === 'late') passed.push(data);
    }
    return { lastWall, unsettled: [...intents.values()], passed };
  }

  close(): void {
    this.#db.close();
  }
}

function wallOf(body: string): number {
  return (JSON.parse(body) as { at: { wall: number } }).at.wall;
}
