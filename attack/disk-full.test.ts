import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Gate, makeGate } from './gate.ts';
import type { Visit } from './gate-lane.ts';
import { discrepancies, readLedger } from './ledger.ts';
import { openVenue, type Paper, type Venue } from './venue.ts';
import { until } from './wait.ts';

const SIZE = '4m';
const PAPERS = 400;
/** More guests than the space that is left has rows for. */
const GUESTS_MAX = 200;
const ROUNDS = 2;
let venue: Venue | undefined;
let gate: Gate | undefined;
let mounted: string | undefined;

test.after(async () => {
  await gate?.stop();
  if (mounted !== undefined) spawnSync('umount', [mounted]);
  await venue?.close();
});

/** Takes all space that is left. */
function fill(file: string): void {
  try {
    writeFileSync(file, Buffer.alloc(64 * 1024 * 1024));
    assert.unreachable('the small disk is not small');
  } catch (error) {
    assert.is((error as { code?: string }).code, 'ENOSPC');
  }
}

const cameIn = (visits: readonly Visit[]) => visits.filter(({ came }) => came === 'in').length;

test('a full disk closes the lane for all to see; with space it opens by itself, nothing is lost', async () => {
  venue = await openVenue();
  const data = join(venue.folder, 'small');
  mkdirSync(data);
  const tried = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', data]);
  if (tried.status !== 0) {
    console.log('SKIPPED the full disk of a whole gateway: mount may not be used here');
    return;
  }
  mounted = data;
  const papers = await venue.sell(await venue.perform(false), PAPERS);
  gate = await makeGate(venue, 1, data);
  await gate.open();
  await gate.knows(PAPERS);
  const filler = join(data, 'filler');
  const burnt: Paper[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const inside = await closesWhenFull(gate, papers, filler, burnt);
    truncateSync(filler, 0);
    rmSync(filler);
    await until('the lane is open again', () => isIdle(gate as Gate));
    assert.ok(inside <= GUESTS_MAX);
    const [lane] = gate.lanes;
    assert.is((await lane?.visit(papers.pop() as Paper))?.came, 'in', 'open again');
  }
  // nobody is burnt: whom the closed lane sent away is let in now, unless the lane let him pass
  const passed = new Set(gate.seen.passed.map(({ ticket }) => ticket));
  for (const paper of burnt.filter(({ ticket }) => !passed.has(ticket)).slice(0, 3)) {
    assert.is((await gate.lanes[0]?.visit(paper))?.came, 'in', 'sent away, and good all the same');
  }
  await gate.drained();
  assert.equal(discrepancies(readLedger(venue.database), [gate.seen]), []);
});

/** Guests come until the lane closes; gives how many it still let in with its last space. */
async function closesWhenFull(
  of: Gate,
  papers: Paper[],
  filler: string,
  burnt: Paper[],
): Promise<number> {
  fill(filler);
  const visits: Visit[] = [];
  const [lane] = of.lanes;
  for (let n = 0; n < GUESTS_MAX && lane?.view?.fault === undefined; n++) {
    const paper = papers.pop() as Paper;
    const visit = await (lane as NonNullable<typeof lane>).visit(paper);
    visits.push(visit);
    if (visit.came !== 'in') burnt.push(paper);
  }
  await until(
    'the lane says why',
    () => lane?.view?.fault === 'journal-disk-full',
    () => lane?.view,
  );
  const { state, fault, signal } = (await of.status()).lanes[0] ?? {};
  assert.equal([state, fault, signal].slice(0, 2), ['closed', 'journal-disk-full']);
  const unlocked = of.seen.unlocked.length;
  assert.ok(signal === 'closed' || signal === 'stop', `it shows ${signal}`);
  assert.is(of.seen.unlocked.length, unlocked);
  return cameIn(visits);
}

async function isIdle(of: Gate): Promise<boolean> {
  return (await of.status()).lanes[0]?.state === 'idle';
}

test.run();
