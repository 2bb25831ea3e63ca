import type { SQLInputValue, StatementSync } from 'node:sqlite';

/** All rows of a prepared statement, as what its columns are known to be. */
export function rowsOf<T>(statement: StatementSync, ...values: SQLInputValue[]): T[] {
  return statement.all(...values) as unknown as T[];
}

/** The first row of a prepared statement, if there is one. */
export function rowOf<T>(statement: StatementSync, ...values: SQLInputValue[]): T | undefined {
  return statement.get(...values) as unknown as T | undefined;
}

/** The one number that a statement counts or sums. */
export function numberOf(statement: StatementSync, ...values: SQLInputValue[]): number {
  const row = statement.get(...values) as Record<string, number | null> | undefined;
  return Object.values(row ?? {})[0] ?? 0;
}
