import type { DatabaseSync } from 'node:sqlite';
import type { Stamp } from '@gatehouse/protocol';

/** Where another gateway has written a passage down. */
export interface PassageSource {
  readonly gateway: string;
  readonly epoch: string;
  readonly seq: number;
}

/** A passage at this gateway, or at one that it hears. */
export interface LocalPassage {
  readonly scanId: string;
  readonly ticket: string;
  readonly performance?: string | undefined;
  readonly direction: 'entry' | 'exit';
  readonly lane: string;
  readonly at: number;
  /** A re-entry takes no use. */
  readonly counts: boolean;
  /** Of a secure code: it and all before it are dead. */
  readonly slot?: number | undefined;
  /** Left out for a passage of this gateway's own lanes. */
  readonly source?: PassageSource | undefined;
  /** What else the cloud is told of it; where that is not known, its time is known less well. */
  readonly news?: PassageNews | undefined;
}

/** When a passage was, as its lane wrote it down, and whether it was after its release. */
export interface PassageNews {
  readonly at: Stamp;
  readonly late?: true | undefined;
}

/**
 * Passages that no row of the cloud contains yet, of this gateway and of those that it hears. They
 * live in memory; the table is their second copy beside the journals and remembers which of its own
 * the cloud has counted, so that a replay of the journal does not count them twice.
 */
export interface Passages {
  of(ticket: string): readonly LocalPassage[];
  all(): Iterable<LocalPassage>;
  has(scanId: string): boolean;
  /** As the file has it, also when the cloud has counted it since. */
  written(scanId: string): LocalPassage | undefined;
  /** @throws the database's error; the passage is kept in memory all the same */
  add(passage: LocalPassage): boolean;
  /** Writes that the cloud counts these; `drop` them once that is committed. */
  markCounted(scanIds: readonly string[]): void;
  drop(scanIds: readonly string[]): void;
  /** Takes the own journal's passages in, and forgets counted ones that it let go of. */
  restore(passages: readonly LocalPassage[]): void;
}

export function createPassages(db: DatabaseSync): Passages {
  const byTicket = new Map<string, LocalPassage[]>();
  const ticketOf = new Map<string, string>();
  const insert = db.prepare(
    'INSERT OR IGNORE INTO passage VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)',
  );
  const find = db.prepare('SELECT * FROM passage WHERE scan_id = ?');
  const count = db.prepare('UPDATE passage SET counted = 1 WHERE scan_id = ?');
  const forget = db.prepare('DELETE FROM passage WHERE scan_id = ?');

  function remember(passage: LocalPassage): boolean {
    if (ticketOf.has(passage.scanId)) return false;
    ticketOf.set(passage.scanId, passage.ticket);
    const known = byTicket.get(passage.ticket) ?? [];
    byTicket.set(
      passage.ticket,
      [...known, passage].sort((a, b) => a.at - b.at),
    );
    return true;
  }

  function write(passage: LocalPassage) {
    const { scanId, ticket, performance = null, direction, lane, at, slot = null } = passage;
    const { gateway = null, epoch = null, seq = null } = passage.source ?? {};
    const counts = passage.counts ? 1 : 0;
    insert.run(
      ...[scanId, ticket, performance, direction, lane, at, counts, slot],
      ...[gateway, epoch, seq, passage.news ? JSON.stringify(passage.news) : null],
    );
  }

  for (const row of db.prepare('SELECT * FROM passage WHERE counted = 0').iterate()) {
    remember(passageOf(row as unknown as Row));
  }

  return {
    of: (ticket) => byTicket.get(ticket) ?? [],
    *all() {
      for (const passages of byTicket.values()) yield* passages;
    },
    has: (scanId) => ticketOf.has(scanId),
    written(scanId) {
      const row = find.get(scanId) as unknown as Row | undefined;
      return row && passageOf(row);
    },
    add(passage) {
      // What another gateway tells again may have been counted since.
      if (passage.source && find.get(passage.scanId)) return false;
      const isNew = remember(passage);
      if (isNew || passage.source) write(passage);
      return isNew;
    },
    markCounted(scanIds) {
      for (const scanId of scanIds) count.run(scanId);
    },
    drop(scanIds) {
      for (const scanId of scanIds) {
        const ticket = ticketOf.get(scanId);
        if (ticket === undefined) continue;
        ticketOf.delete(scanId);
        const left = byTicket.get(ticket)?.filter((passage) => passage.scanId !== scanId) ?? [];
        if (left.length > 0) byTicket.set(ticket, left);
        else byTicket.delete(ticket);
      }
    },
    restore(passages) {
      const kept = new Set(passages.map(({ scanId }) => scanId));
      const counted = new Set<string>();
      const own = 'SELECT scan_id FROM passage WHERE counted = 1 AND gateway IS NULL';
      for (const { scan_id } of db.prepare(own).all()) counted.add(String(scan_id));
      for (const scanId of counted) if (!kept.has(scanId)) forget.run(scanId);
      for (const passage of passages) {
        if (!counted.has(passage.scanId) && remember(passage)) write(passage);
      }
    },
  };
}

function passageOf(row: Row): LocalPassage {
  const { scan_id: scanId, ticket, direction, lane, at, gateway, epoch, seq } = row;
  return {
    ...{ scanId, ticket, direction, lane, at },
    performance: row.performance ?? undefined,
    counts: row.counts === 1,
    slot: row.slot ?? undefined,
    source:
      gateway === null || epoch === null || seq === null ? undefined : { gateway, epoch, seq },
    news: row.news === null ? undefined : (JSON.parse(row.news) as PassageNews),
  };
}

interface Row {
  readonly scan_id: string;
  readonly ticket: string;
  readonly performance: string | null;
  readonly direction: 'entry' | 'exit';
  readonly lane: string;
  readonly at: number;
  readonly counts: number;
  readonly slot: number | null;
  readonly gateway: string | null;
  readonly epoch: string | null;
  readonly seq: number | null;
  readonly news: string | null;
}
