import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Gate, makeGate } from './gate.ts';
import { readLedger } from './ledger.ts';
import { openVenue, type Venue } from './venue.ts';

/** Guests who come while the cloud is away: some hundred rows that only this disk has. */
const GUESTS = 60;
const PAGE = 4_096;
let venue: Venue | undefined;
let gate: Gate | undefined;

test.after(async () => {
  await gate?.stop();
  await venue?.close();
});

interface Gap {
  readonly gateway: string;
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
}

/** Ruins pages in the middle of a journal, so that rows are left on both sides. */
function ruin(file: string): void {
  const db = new DatabaseSync(file);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const leaves = db
    .prepare("SELECT pageno FROM dbstat WHERE name = 'row' AND pagetype = 'leaf' ORDER BY pageno")
    .all();
  db.close();
  const middle = leaves.slice(leaves.length / 2, leaves.length / 2 + 3);
  const bytes = readFileSync(file);
  for (const { pageno } of middle) {
    bytes.fill(0xa5, (Number(pageno) - 1) * PAGE, Number(pageno) * PAGE);
  }
  writeFileSync(file, bytes);
}

test('a journal ruined in the middle: what is left reaches the cloud, what is lost is named', async () => {
  venue = await openVenue();
  const data = join(venue.folder, 'gate');
  const papers = await venue.sell(await venue.perform(false), GUESTS + 2);
  gate = await makeGate(venue, 1, data);
  await gate.open();
  await gate.knows(papers.length);
  const [lane] = gate.lanes;
  const visit = async (paper = papers.pop()) => paper && (await lane?.visit(paper))?.came;
  assert.is(await visit(), 'in');
  await gate.drained();
  await venue.cloud.kill();
  for (let guest = 0; guest < GUESTS; guest++) await visit();
  await gate.kill();
  ruin(join(data, 'journal.db'));
  await venue.cloud.start();
  await gate.open();
  await gate.connected();
  assert.is(await visit(), 'in', 'the door goes on');
  await gate.drained();

  const { gaps, parked } = await venue.api<{ gaps: Gap[]; parked: object[] }>('GET', '/parked');
  assert.ok(gaps.length > 0);
  assert.equal(parked, []);
  const { journal } = readLedger(venue.database);
  const stored = new Set(journal.map(({ epoch, seq }) => `${epoch}/${seq}`));
  const isNamed = (epoch: string, seq: number) =>
    gaps.some((gap) => gap.epoch === epoch && seq >= gap.from && seq <= gap.to);
  const rows = gate.seen.rows.map(({ epoch, seq }) => ({ epoch, seq }));
  const lost = rows.filter(({ epoch, seq }) => !stored.has(`${epoch}/${seq}`));
  assert.ok(lost.length > 0, 'the damage took rows');
  assert.equal(
    lost.filter(({ epoch, seq }) => !isNamed(epoch, seq)),
    [],
    'each lost row is named',
  );
  const wrongly = journal.filter(({ epoch, seq }) => isNamed(epoch, seq));
  assert.equal(wrongly, [], 'no row that is there is called lost');
  const last = Math.max(...gaps.map(({ to }) => to));
  assert.ok(
    journal.some(({ epoch, seq }) => epoch === gaps[0]?.epoch && seq > last),
    'rows behind the gap are in the cloud',
  );
  assert.ok(readdirSync(data).some((name) => name.startsWith('journal.damaged-')));
});

test.run();
