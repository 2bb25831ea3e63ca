import { existsSync, renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { JournalOptions } from './rows.ts';

/** A journal of this size holds some millions of rows; a disk is never filled by it alone. */
export const JOURNAL_BYTES_MAX = 2 * 1024 ** 3;
const PAGE_BYTES = 4_096;
/** SQLite's primary result codes for a file that is damaged or none of its own. */
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

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
  CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
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

/**
 * Opens the journal's file and reads it once through. One of another owner is moved aside whole. A
 * damaged one too, and what can still be read of it goes into the new one with its own places.
 */
export function openJournalDatabase<T extends object>(
  options: JournalOptions,
  read: (db: DatabaseSync) => T,
): { db: DatabaseSync; found: T & { damage?: string } } {
  const { file, epoch, owner = '' } = options;
  try {
    const db = opened(options);
    if (ownerOf(db) === owner) return { db, found: readOrClose(db, read) };
    db.close();
    moveAside(file, `other-owner-${epoch}`);
  } catch (error) {
    if (!isDamage(error)) throw error;
    const aside = moveAside(file, `damaged-${epoch}`);
    const db = opened(options);
    salvage(aside, db);
    return { db, found: { ...read(db), damage: (error as Error).message } };
  }
  const db = opened(options);
  return { db, found: read(db) };
}

function readOrClose<T>(db: DatabaseSync, read: (db: DatabaseSync) => T): T {
  try {
    return read(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

function isDamage(error: unknown): boolean {
  const primary = ((error as { errcode?: number }).errcode ?? 0) % 256;
  return primary === CORRUPT || primary === NOT_A_DATABASE;
}

function opened({ file, owner = '', bytesMax = JOURNAL_BYTES_MAX }: JournalOptions): DatabaseSync {
  const db = new DatabaseSync(file);
  try {
    pragma(db, 'journal_mode', 'WAL', 'wal');
    pragma(db, 'synchronous', 'FULL', '2');
    db.exec(`PRAGMA max_page_count = ${Math.ceil(bytesMax / PAGE_BYTES)}`);
    db.exec(SCHEMA);
    db.prepare("INSERT OR IGNORE INTO about VALUES ('owner', ?)").run(owner);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function pragma(db: DatabaseSync, name: string, value: string, wanted: string): void {
  db.exec(`PRAGMA ${name} = ${value}`);
  const found = String(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
  if (found !== wanted) throw new UnsafeJournal(name, wanted, found);
}

function ownerOf(db: DatabaseSync): string {
  return String(db.prepare("SELECT value FROM about WHERE name = 'owner'").get()?.value);
}

/** The file with what belongs to it under a name of its own, so that people can look into it. */
function moveAside(file: string, why: string): string {
  const aside = file.replace(/(\.db)?$/, `.${why}.db`);
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(`${file}${suffix}`)) renameSync(`${file}${suffix}`, `${aside}${suffix}`);
  }
  return aside;
}

/** Brings over what can still be read, from both ends up to the damage. */
function salvage(file: string, into: DatabaseSync): void {
  const insert = into.prepare(
    `INSERT OR IGNORE INTO row (id, epoch, seq, previous, digest, body, wall, stored)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  into.exec('BEGIN IMMEDIATE');
  for (const order of ['ASC', 'DESC']) {
    let from: DatabaseSync | undefined;
    try {
      from = new DatabaseSync(file, { readOnly: true });
      for (const row of from.prepare(`SELECT * FROM row ORDER BY id ${order}`).iterate()) {
        const { id, epoch, seq, previous, digest, body, wall, stored } = row;
        insert.run(...([id, epoch, seq, previous, digest, body, wall, stored] as string[]));
      }
    } catch (error) {
      if (!('errcode' in (error as object))) throw error;
    } finally {
      from?.close();
    }
  }
  into.exec('COMMIT');
}
