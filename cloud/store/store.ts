import { open } from 'node:fs/promises';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { Kysely, SqliteDialect, sql } from 'kysely';
import type { Clock } from '../ports.ts';
import type { Database } from './database.ts';
import { storeError, storeFault } from './errors.ts';
import { migrations } from './migrations/index.ts';
import { kyselyDatabase } from './sqlite-adapter.ts';

/** How long a connection waits for another process that holds the file, in milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;

export interface Store {
  /** For writing, and for reading what one is about to write. One statement at a time. */
  readonly db: Kysely<Database>;
  /** A second connection that can only read and never waits for a writer. */
  readonly read: Kysely<Database>;
  /** Compiles a statement for use inside `batch`. */
  prepare(sql: string): StatementSync;
  /** Compiles a reading statement on the second connection, usable at any time. */
  prepareRead(sql: string): StatementSync;
  /**
   * Runs synchronous work in one transaction and resolves after it is on disk.
   * All other writing goes through Kysely, whose SqliteDialect hands out its one connection under
   * a mutex. This takes the same mutex: otherwise the batch would run between two awaits of
   * somebody's open Kysely transaction, become part of it, and be answered before its commit or
   * undone by its rollback.
   * @throws GatehouseError `store-full`, `store-failed`; whatever `work` throws
   */
  batch<T>(work: (inner: Savepoints) => T): Promise<T>;
  stop(): Promise<void>;
}

/** Parts of a batch that fail alone. */
export interface Savepoints {
  /** Runs one part; when it throws, only its own writes are undone. */
  part<T>(work: () => T): T;
}

/**
 * Opens (and makes, and brings up to date) the database file.
 * @throws GatehouseError `store-not-durable`, `store-too-new`
 */
export async function openStore(path: string, clock: Clock): Promise<Store> {
  if (path !== ':memory:') await keepPrivate(path);
  const writer = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  const db = new Kysely<Database>({
    dialect: new SqliteDialect({ database: kyselyDatabase(writer) }),
  });
  try {
    makeDurable(writer);
    await migrate(db, clock);
  } catch (cause) {
    writer.close();
    throw storeFault(cause);
  }
  const reader = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  const read = new Kysely<Database>({
    dialect: new SqliteDialect({ database: kyselyDatabase(reader) }),
  });
  return {
    db,
    read,
    prepare: (text) => writer.prepare(text),
    prepareRead: (text) => reader.prepare(text),
    batch: (work) => db.connection().execute(async () => inTransaction(writer, work)),
    stop: async () => {
      // Closing waits for the mutex, so that no batch loses its connection.
      await db.connection().execute(async () => {
        reader.close();
        writer.close();
      });
    },
  };
}

/** The venue key is in the file; SQLite gives the files beside it the same rights. */
async function keepPrivate(path: string): Promise<void> {
  const file = await open(path, 'a', 0o600);
  try {
    await file.chmod(0o600);
  } finally {
    await file.close();
  }
}

function makeDurable(sqlite: DatabaseSync): void {
  const pragmas = [
    ['journal_mode', 'wal', 'wal'],
    ['synchronous', 'full', 2],
    ['foreign_keys', 'on', 1],
    // Imports are staged in a temporary table; only what moves out of it has to be durable.
    ['temp_store', 'memory', 2],
    // 64 MiB: with the 2 MiB that SQLite takes, indexes of 100,000 tickets go in and out of it.
    ['cache_size', -65_536, -65_536],
  ] as const;
  for (const [pragma, set, expected] of pragmas) {
    sqlite.exec(`pragma ${pragma} = ${set}`);
    const value = Object.values(sqlite.prepare(`pragma ${pragma}`).get() ?? {})[0];
    if (value !== expected) throw storeError('store-not-durable', { pragma, value });
  }
}

async function migrate(db: Kysely<Database>, clock: Clock): Promise<void> {
  await sql`create table if not exists migrations (name text primary key, ran integer not null)
    strict`.execute(db);
  const ran = (await db.selectFrom('migrations').select('name').execute()).map((row) => row.name);
  const unknown = ran.find((name) => !migrations.some((known) => known.name === name));
  if (unknown !== undefined) throw storeError('store-too-new', { name: unknown });
  const missing = migrations.filter(({ name }) => !ran.includes(name));
  // All or none: a database is never between two versions, and one commit is waited for.
  await db.transaction().execute(async (step) => {
    for (const migration of missing) {
      await migration.up(step as unknown as Kysely<unknown>);
      await step
        .insertInto('migrations')
        .values({ name: migration.name, ran: clock.now() })
        .execute();
    }
  });
}

function inTransaction<T>(sqlite: DatabaseSync, work: (inner: Savepoints) => T): T {
  // A full disk undoes the whole transaction by itself. What follows would then write outside of
  // it, one statement at a time, so the first such fault ends the batch for all its parts.
  let lost: { fault: unknown } | undefined;
  const part = <R>(piece: () => R): R => {
    if (lost) throw lost.fault;
    sqlite.exec('savepoint part');
    try {
      const result = piece();
      sqlite.exec('release part');
      return result;
    } catch (cause) {
      const fault = storeFault(cause);
      if (sqlite.isTransaction) sqlite.exec('rollback to part; release part');
      else lost = { fault };
      throw fault;
    }
  };
  try {
    sqlite.exec('begin immediate');
    const result = work({ part });
    if (lost) throw lost.fault;
    sqlite.exec('commit');
    return result;
  } catch (cause) {
    if (sqlite.isTransaction) sqlite.exec('rollback');
    throw storeFault(cause);
  }
}
