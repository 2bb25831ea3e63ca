import { createHmac, type KeyObject } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Goes up when the tables change: an older file is made anew from the cloud. */
const VERSION = 6;
/** SQLite's primary result codes for a file that is damaged or none of its own. */
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS ticket (
    name TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, performance TEXT NOT NULL,
    status TEXT NOT NULL, uses INTEGER NOT NULL, used INTEGER NOT NULL, inside INTEGER NOT NULL,
    detail TEXT, round INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS ticket_inside ON ticket (performance) WHERE inside > 0;
  CREATE TABLE IF NOT EXISTS performance (id TEXT PRIMARY KEY, row TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS passage (
    scan_id TEXT PRIMARY KEY, ticket TEXT NOT NULL, performance TEXT, direction TEXT NOT NULL,
    lane TEXT NOT NULL, at INTEGER NOT NULL, counts INTEGER NOT NULL,
    slot INTEGER, counted INTEGER NOT NULL DEFAULT 0, gateway TEXT, epoch TEXT, seq INTEGER,
    news TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS heard (
    id INTEGER PRIMARY KEY, gateway TEXT NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL,
    stopped INTEGER NOT NULL, UNIQUE (gateway, epoch)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS contained (
    gateway TEXT NOT NULL, epoch TEXT NOT NULL, up_to INTEGER NOT NULL, PRIMARY KEY (gateway, epoch)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS beacon (slot INTEGER PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
`;

/** Whether an error says that the file itself is damaged. */
export function isDamage(error: unknown): boolean {
  const primary = ((error as { errcode?: number }).errcode ?? 0) % 256;
  return primary === CORRUPT || primary === NOT_A_DATABASE;
}

/**
 * Opens the ticket database. One that belongs to another venue key (after a factory reset) or to
 * an older version is deleted; a damaged one is moved aside. Both start empty.
 * @param onDamage told why a file was moved aside
 */
export function openTicketFile(
  file: string,
  key: KeyObject,
  onDamage: (fault: string) => void,
): DatabaseSync {
  const owner = createHmac('sha256', key).update('gatehouse/tickets').digest('base64url');
  try {
    const db = opened(file);
    if (isOwn(db, owner)) return db;
    db.close();
    forget(file);
  } catch (error) {
    if (!isDamage(error)) throw error;
    onDamage((error as Error).message);
    moveAside(file);
  }
  const db = opened(file);
  db.exec(SCHEMA);
  db.prepare("INSERT INTO about VALUES ('owner', ?)").run(owner);
  db.exec(`PRAGMA user_version = ${VERSION}`);
  return db;
}

/** Keeps the damaged file, and only the last one, for whoever wants to know why. */
export function moveAside(file: string): void {
  if (existsSync(file)) renameSync(file, `${file}.damaged`);
  forget(file);
}

function forget(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
}

function opened(file: string): DatabaseSync {
  const db = new DatabaseSync(file);
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

function isOwn(db: DatabaseSync, owner: string): boolean {
  try {
    if (Number(db.prepare('PRAGMA user_version').get()?.user_version) !== VERSION) return false;
    db.exec(SCHEMA);
    return db.prepare("SELECT value FROM about WHERE name = 'owner'").get()?.value === owner;
  } catch (error) {
    db.close();
    throw error;
  }
}
