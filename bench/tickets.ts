import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { regularCode } from '@gatehouse/protocol';
import { benchFolder } from './disk.ts';
import { atMost, type Benchmark, type Figure } from './figure.ts';
import { openLane } from './lane.ts';
import { startCloud } from './venue.ts';

const TICKETS = 100_000;

/** Import of 100,000 tickets and a gateway's first sync of them, against bare bulk loads. */
export const tickets: Benchmark = {
  name: 'tickets',
  about: 'import and first sync of 100,000 tickets against a bare bulk load',
  async run() {
    const folder = benchFolder();
    const cloud = await startCloud(folder.path);
    const lines = Array.from({ length: TICKETS }, () => importedCode());
    const csv = `code\n${lines.join('\n')}\n`;
    const began = performance.now();
    await cloud.api('POST', `/performances/${cloud.regular}/tickets/import`, csv, 'text/csv');
    const imported = performance.now() - began;
    const dataDir = join(folder.path, 'gateway');
    const kept = await cloud.enrol(dataDir);
    const synced = performance.now();
    const lane = await openLane(kept, dataDir);
    await lane.until(({ tickets }) => tickets.count === TICKETS);
    const sync = performance.now() - synced;
    await lane.entrance.stop();
    await cloud.stop();
    const bare = bulkLoad(join(folder.path, 'bare.db'), lines);
    folder.remove();
    return [
      shown('import of 100,000', imported, bare),
      atMost(3, figure('first sync of 100,000', sync, transfer(lines, bare))),
    ];
  },
};

function figure(name: string, value: number, limit: { name: string; value: number }) {
  return { name, value, unit: 'ms', limit: { ...limit, unit: 'ms' } };
}

function shown(name: string, value: number, bare: number): Figure {
  const limit = { name: 'bare bulk load', value: bare };
  return { ...atMost(Number.POSITIVE_INFINITY, figure(name, value, limit)), target: 'shown only' };
}

/** What the same rows cost to write as JSON, send and parse, and to load. */
function transfer(lines: readonly string[], bare: number) {
  const began = performance.now();
  const rows = lines.map((code, i) => ({
    id: `ticket-${i}`,
    digest: code,
    performance: 'p',
    status: 'valid',
    uses: 1,
    used: 0,
    inside: false,
  }));
  JSON.parse(JSON.stringify(rows));
  return { name: 'JSON there and back + bulk load', value: performance.now() - began + bare };
}

/** A text that an import takes: 20 characters that are none of our own kinds. */
function importedCode(): string {
  return `X${regularCode(randomBytes(10))}`;
}

function bulkLoad(file: string, codes: readonly string[]): number {
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  db.exec(
    'CREATE TABLE t (code TEXT PRIMARY KEY, id TEXT UNIQUE, status TEXT, used INTEGER) WITHOUT ROWID',
  );
  const put = db.prepare('INSERT INTO t VALUES (?, ?, ?, ?)');
  const began = performance.now();
  db.exec('BEGIN');
  for (const [i, code] of codes.entries()) put.run(code, `ticket-${i}`, 'valid', 0);
  db.exec('COMMIT');
  const took = performance.now() - began;
  db.close();
  return took;
}
