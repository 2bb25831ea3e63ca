import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Prepared statements, small facts and transactions of one ticket file. */
export interface Statements {
  /** Prepared once for each text. */
  of(sql: string): StatementSync;
  about(name: string): number | null;
  setAbout(name: string, value: number | null): void;
  /** All or nothing. */
  transaction(work: () => void): void;
}

export function createStatements(db: DatabaseSync): Statements {
  const prepared = new Map<string, StatementSync>();
  function of(sql: string): StatementSync {
    const statement = prepared.get(sql) ?? db.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  }
  return {
    of,
    about(name) {
      const value = of('SELECT value FROM about WHERE name = ?').get(name)?.value;
      return value === undefined || value === null ? null : Number(value);
    },
    setAbout(name, value) {
      of('INSERT OR REPLACE INTO about VALUES (?, ?)').run(name, value);
    },
    transaction(work) {
      db.exec('BEGIN IMMEDIATE');
      try {
        work();
        db.exec('COMMIT');
      } catch (error) {
        if (db.isTransaction) db.exec('ROLLBACK');
        throw error;
      }
    },
  };
}
