import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { PerformanceRow, TicketLabel, TicketRow, TicketsPage } from '@gatehouse/protocol';

/** A regular ticket with what has happened to it, this gateway's own news folded in. */
export interface StoredTicket {
  readonly row: TicketRow;
  readonly performance: PerformanceRow | undefined;
  readonly used: number;
  readonly inside: boolean;
  readonly lastUse?: { readonly at: number; readonly lane: string } | undefined;
}

/** A passage this gateway saw. */
export interface LocalPassage {
  readonly scanId: string;
  readonly ticket: string;
  readonly direction: 'entry' | 'exit';
  readonly lane: string;
  readonly at: number;
  /** A re-entry takes no use. */
  readonly counts: boolean;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS ticket (
    digest TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, performance TEXT NOT NULL,
    status TEXT NOT NULL, uses INTEGER NOT NULL, used INTEGER NOT NULL, inside INTEGER NOT NULL,
    detail TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS performance (id TEXT PRIMARY KEY, row TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS passage (
    scan_id TEXT PRIMARY KEY, ticket TEXT NOT NULL, direction TEXT NOT NULL, lane TEXT NOT NULL,
    at INTEGER NOT NULL, counts INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS passage_ticket ON passage (ticket);
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER) STRICT;
`;

interface TicketRecord {
  readonly digest: string;
  readonly id: string;
  readonly performance: string;
  readonly status: TicketRow['status'];
  readonly uses: number;
  readonly used: number;
  readonly inside: number;
  readonly detail: string | null;
}

interface Detail {
  readonly entrances?: string[];
  readonly lastUse?: { at: number; lane: string };
  readonly scans?: string[];
  readonly label?: TicketLabel;
}

/**
 * The tickets this entrance may admit by itself. The journal is the truth of what happened here;
 * this file only has to find it again quickly, and is rebuilt from journal and cloud if it is lost
 * (docs/decisions/ticket-store.md), so its commits don't each wait for the disk.
 */
export class TicketStore {
  readonly #db: DatabaseSync;
  readonly #key: KeyObject;
  readonly #byDigest: StatementSync;
  readonly #passages: StatementSync;
  readonly #performances = new Map<string, PerformanceRow>();
  readonly #occupied = new Map<string, number>();

  /** @param venueKey 32 bytes, from the enrolment */
  constructor(file: string, venueKey: Uint8Array) {
    this.#key = createSecretKey(venueKey);
    this.#db = new DatabaseSync(file);
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    this.#db.exec(SCHEMA);
    this.#byDigest = this.#db.prepare('SELECT * FROM ticket WHERE digest = ?');
    this.#passages = this.#db.prepare('SELECT * FROM passage WHERE ticket = ? ORDER BY at');
    this.#readPerformances();
  }

  /** The name under which a canonical text is stored. */
  digest(text: string): string {
    const mac = createHmac('sha256', this.#key).update(text).digest();
    return mac.subarray(0, 16).toString('base64url');
  }

  find(text: string): StoredTicket | undefined {
    const record = this.#byDigest.get(this.digest(text)) as unknown as TicketRecord | undefined;
    return record && this.#withPassages(record);
  }

  /** A ticket's present status; `undefined` where the store does not have it. */
  status(id: string): TicketRow['status'] | undefined {
    const record = this.#statement('SELECT status FROM ticket WHERE id = ?').get(id);
    return record?.status as TicketRow['status'] | undefined;
  }

  #withPassages(record: TicketRecord): StoredTicket {
    const detail = JSON.parse(record.detail ?? '{}') as Detail;
    const row: TicketRow = { ...record, inside: record.inside === 1, ...detail };
    const counted = new Set(detail.scans);
    const own = (this.#passages.all(record.id) as unknown as PassageRecord[]).filter(
      ({ scan_id }) => !counted.has(scan_id),
    );
    const last = own.at(-1);
    return {
      row,
      performance: this.#performances.get(record.performance),
      used: record.used + own.filter(({ counts }) => counts === 1).length,
      inside: last ? last.direction === 'entry' : row.inside,
      lastUse: last ? { at: last.at, lane: last.lane } : detail.lastUse,
    };
  }

  /** People of a performance inside, as far as this gateway has heard. */
  occupancy(performance: string): number {
    const known = this.#occupied.get(performance);
    if (known !== undefined) return known;
    const row = this.#db
      .prepare('SELECT count(*) AS n FROM ticket WHERE performance = ? AND inside = 1')
      .get(performance);
    const occupied = Number(row?.n);
    this.#occupied.set(performance, occupied);
    return occupied;
  }

  /** Writes down a passage; a scan id that is there already changes nothing. */
  passed(passage: LocalPassage, performance: string | undefined): void {
    const { changes } = this.#db
      .prepare('INSERT OR IGNORE INTO passage VALUES (?, ?, ?, ?, ?, ?)')
      .run(
        passage.scanId,
        passage.ticket,
        passage.direction,
        passage.lane,
        passage.at,
        passage.counts ? 1 : 0,
      );
    if (Number(changes) === 0 || performance === undefined) return;
    const change = passage.direction === 'entry' ? 1 : -1;
    this.#occupied.set(performance, this.occupancy(performance) + change);
  }

  /** How many tickets there are, and the delta they are at; null before the first page. */
  state(): { count: number; cursor: number | null } {
    const count = this.#db.prepare('SELECT count(*) AS n FROM ticket').get();
    const cursor = this.#db.prepare("SELECT value FROM meta WHERE name = 'cursor'").get();
    return { count: Number(count?.n), cursor: cursor ? Number(cursor.value) : null };
  }

  /**
   * Takes one delta page in, all or nothing.
   * @param settled scan ids that the cloud had taken before it was asked for this page
   */
  apply(page: TicketsPage, settled: ReadonlySet<string>): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      if (page.from === null) this.#db.exec('DELETE FROM ticket');
      for (const ticket of page.tickets) this.#put(ticket, settled);
      this.#db.exec('DELETE FROM performance');
      const put = this.#db.prepare('INSERT INTO performance VALUES (?, ?)');
      for (const row of page.performances) put.run(row.id, JSON.stringify(row));
      this.#db
        .prepare(
          "INSERT INTO meta VALUES ('cursor', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
        )
        .run(page.cursor);
      this.#db.exec('COMMIT');
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
    this.#readPerformances();
    this.#occupied.clear();
  }

  #put(ticket: TicketRow, settled: ReadonlySet<string>): void {
    const { id, digest, performance, status, uses, used, inside, ...rest } = ticket;
    const detail = Object.keys(rest).length === 0 ? null : JSON.stringify(rest);
    this.#statement('DELETE FROM ticket WHERE id = ? OR digest = ?').run(id, digest);
    this.#statement('INSERT INTO ticket VALUES (?, ?, ?, ?, ?, ?, ?, ?)').run(
      ...[digest, id, performance, status, uses, used, inside ? 1 : 0, detail],
    );
    if (used === 0 && !ticket.lastUse) return;
    for (const { scan_id } of this.#passages.all(id) as unknown as PassageRecord[]) {
      if (!settled.has(scan_id) && !ticket.scans?.includes(scan_id)) continue;
      this.#statement('DELETE FROM passage WHERE scan_id = ?').run(scan_id);
    }
  }

  readonly #statements = new Map<string, StatementSync>();
  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.#db.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }

  #readPerformances(): void {
    this.#performances.clear();
    for (const { id, row } of this.#db.prepare('SELECT id, row FROM performance').all()) {
      this.#performances.set(String(id), JSON.parse(String(row)) as PerformanceRow);
    }
  }

  close(): void {
    this.#db.close();
  }
}

interface PassageRecord {
  readonly scan_id: string;
  readonly direction: 'entry' | 'exit';
  readonly lane: string;
  readonly at: number;
  readonly counts: number;
}
