import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createJournal } from '@gatehouse/gateway';
import type { JournalBody } from '@gatehouse/protocol';
import { v7 } from 'uuid';
import { benchFolder } from './disk.ts';
import { atMost, type Benchmark } from './figure.ts';
import { openLane } from './lane.ts';
import { stampNow } from './sample.ts';
import { startCloud } from './venue.ts';

const ROWS = 10_000;
const BATCH = 200;

/** A journal that grew while the cloud was away goes up, against inserting the same rows. */
export const drain: Benchmark = {
  name: 'drain',
  about: 'drain of 10,000 rows after an outage against the grouped insert of the same rows',
  async run() {
    const folder = benchFolder();
    const cloud = await startCloud(folder.path);
    const dataDir = join(folder.path, 'gateway');
    const kept = await cloud.enrol(dataDir);
    const lane = kept.enrolment.configuration.lanes[0]?.lane as string;
    const bodies = Array.from({ length: ROWS }, () => refusal(lane));
    await fill(join(dataDir, 'journal.db'), kept.enrolment.tenant, bodies);
    const bare = groupedInsert(join(folder.path, 'bare.db'), bodies);
    const opened = await openLane(kept, dataDir);
    await opened.until(({ queue }) => queue <= ROWS - BATCH);
    const began = performance.now();
    const left = opened.entrance.status().queue;
    await opened.until(({ queue }) => queue === 0);
    const value = (performance.now() - began) * (ROWS / left);
    await opened.entrance.stop();
    await cloud.stop();
    folder.remove();
    const limit = { name: 'grouped insert', value: bare, unit: 'ms' };
    return [atMost(3, { name: 'drain of 10,000 rows', value, unit: 'ms', limit })];
  },
};

function refusal(lane: string): JournalBody {
  const verdict = { key: 'already-used' as const, details: {} };
  const what = { kind: 'refusal' as const, decidedBy: 'gateway' as const, verdict };
  return { ...what, scanId: v7(), lane, direction: 'entry', at: stampNow(), cursor: 1 };
}

async function fill(file: string, owner: string, bodies: readonly JournalBody[]): Promise<void> {
  const journal = createJournal({ file, epoch: 'before', owner });
  await journal.start();
  for (let i = 0; i < bodies.length; i += BATCH) {
    await Promise.all(bodies.slice(i, i + BATCH).map((body) => journal.append(body)));
  }
  await journal.stop();
}

function groupedInsert(file: string, bodies: readonly JournalBody[]): number {
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  db.exec('CREATE TABLE journal (seq INTEGER PRIMARY KEY, body TEXT)');
  db.exec('CREATE TABLE scan (scan TEXT PRIMARY KEY, seq INTEGER) WITHOUT ROWID');
  const journal = db.prepare('INSERT INTO journal (body) VALUES (?)');
  const scan = db.prepare('INSERT INTO scan VALUES (?, ?)');
  const began = performance.now();
  for (let i = 0; i < bodies.length; i += BATCH) {
    db.exec('BEGIN');
    for (const [n, body] of bodies.slice(i, i + BATCH).entries()) {
      journal.run(JSON.stringify(body));
      scan.run(body.scanId as string, i + n);
    }
    db.exec('COMMIT');
  }
  const took = performance.now() - began;
  db.close();
  return took;
}
