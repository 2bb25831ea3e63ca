import type { DatabaseSync } from 'node:sqlite';
import type { PerformanceRow } from '@gatehouse/protocol';

/** The venue's performances, in memory because every scan asks for one. */
export interface PerformanceShelf {
  of(id: string): PerformanceRow | undefined;
  all(): Iterable<PerformanceRow>;
  /** Writes them into the file; they count once it is committed and `read` again. */
  replace(rows: readonly PerformanceRow[]): void;
  read(): void;
}

export function createPerformanceShelf(db: DatabaseSync): PerformanceShelf {
  const rows = new Map<string, PerformanceRow>();
  const shelf: PerformanceShelf = {
    of: (id) => rows.get(id),
    all: () => rows.values(),
    replace(next) {
      db.exec('DELETE FROM performance');
      const put = db.prepare('INSERT INTO performance VALUES (?, ?)');
      for (const row of next) put.run(row.id, JSON.stringify(row));
    },
    read() {
      rows.clear();
      for (const { id, row } of db.prepare('SELECT id, row FROM performance').all()) {
        rows.set(String(id), JSON.parse(String(row)) as PerformanceRow);
      }
    },
  };
  shelf.read();
  return shelf;
}
