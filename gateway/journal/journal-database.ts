import { existsSync, renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { JournalGap } from '@gatehouse/protocol';
import { findGaps, placeOf } from './gaps.ts';
import { digestOf, type JournalOptions } from './rows.ts';

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

/** A row that SQLite gives without complaint, and that is not what was written. */
export class BrokenSeal extends Error {}

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

interface Damage {
  readonly damage?: string;
  readonly gaps?: readonly JournalGap[];
}

/**
 * Opens the journal's file and reads it once through. One of another owner is moved aside whole. A
 * damaged one too, and what can still be read of it goes into the new one with its own places.
 */
export function openJournalDatabase<T extends object>(
  options: JournalOptions,
  read: (db: DatabaseSync) => T,
): { db: DatabaseSync; found: T & Damage } {
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
    const gaps = salvage(aside, db);
    return { db, found: { ...read(db), damage: (error as Error).message, gaps } };
  }
  const db = opened(options);
  return { db, found: read(db) };
}

function readOrClose<T>(db: DatabaseSync, read: (db: DatabaseSync) => T): T {
  try {
    checkSeals(db);
    return read(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

/** What has still to go up is looked at whole: a row of another shape would never be taken. */
function checkSeals(db: DatabaseSync): void {
  const rows = db.prepare('SELECT epoch, seq, previous, digest, body FROM row WHERE stored = 0');
  for (const { epoch, seq, previous, digest, body } of rows.iterate()) {
    if (digestOf(String(previous), String(body)) === digest) continue;
    throw new BrokenSeal(`row ${placeOf(epoch, seq)} is not what was written`);
  }
}

function isDamage(error: unknown): boolean {
  if (error instanceof BrokenSeal) return true;
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

/** Brings over what can still be read, from both ends up to the damage; says what is missing. */
function salvage(file: string, into: DatabaseSync): JournalGap[] {
  const insert = into.prepare(
    `INSERT OR IGNORE INTO row (id, epoch, seq, previous, digest, body, wall, stored)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const broken = new Set<string>();
  into.exec('BEGIN IMMEDIATE');
  for (const order of ['ASC', 'DESC']) {
    reading(file, (from) => {
      for (const row of from.prepare(`SELECT * FROM row ORDER BY id ${order}`).iterate()) {
        const { id, epoch, seq, previous, digest, body, wall, stored } = row;
        if (digestOf(String(previous), String(body)) !== digest) broken.add(placeOf(epoch, seq));
        else insert.run(...([id, epoch, seq, previous, digest, body, wall, stored] as string[]));
      }
    });
  }
  let lastId = 0;
  reading(file, (from) => {
    const last = from.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'row'").get();
    lastId = Number(last?.seq ?? 0);
  });
  // Ids go on behind the lost ones, so that the next damage is counted right as well.
  if (lastId > 0)
    into.prepare("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'row'").run(lastId);
  into.exec('COMMIT');
  return findGaps(into, lastId, broken);
}

/** Reads a damaged file as far as it goes. */
function reading(file: string, read: (from: DatabaseSync) => void): void {
  let from: DatabaseSync | undefined;
  try {
    from = new DatabaseSync(file, { readOnly: true });
    read(from);
  } catch (error) {
    if (!('errcode' in (error as object))) throw error;
  } finally {
    from?.close();
  }
}
