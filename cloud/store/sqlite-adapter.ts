import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { SqliteDatabase, SqliteStatement } from 'kysely';

/** Compiled statements kept per connection; the longest unused goes first. */
const STATEMENTS_MAX = 200;

/**
 * `node:sqlite` behind the better-sqlite3-like interface that Kysely's SqliteDialect asks for.
 * Statements are kept, since compiling one costs more than running it.
 */
export function kyselyDatabase(sqlite: DatabaseSync): SqliteDatabase {
  const kept = new Map<string, SqliteStatement>();
  return {
    close: () => sqlite.close(),
    prepare(sql) {
      const statement = kept.get(sql) ?? kyselyStatement(sqlite.prepare(sql));
      kept.delete(sql);
      kept.set(sql, statement);
      if (kept.size > STATEMENTS_MAX) kept.delete(kept.keys().next().value as string);
      return statement;
    },
  };
}

function kyselyStatement(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...bound(parameters)),
    run: (parameters) => statement.run(...bound(parameters)),
    iterate: (parameters) =>
      statement.iterate(...bound(parameters)) as IterableIterator<Record<string, SQLOutputValue>>,
  };
}

/** SQLite knows no booleans; `undefined` is what a left-out field gives. */
function bound(parameters: ReadonlyArray<unknown>): SQLInputValue[] {
  return parameters.map((value) =>
    typeof value === 'boolean' ? Number(value) : value === undefined ? null : value,
  ) as SQLInputValue[];
}
