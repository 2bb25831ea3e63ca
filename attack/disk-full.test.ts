import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
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
/** Guests whom an entrance lets in that was told to go on without a journal. */
const UNRECORDED_GUESTS = 20;
let venue: Venue | undefined;
const gates: Gate[] = [];
const mounted: string[] = [];

test.before(async () => {
  venue = await openVenue();
});

test.after(async () => {
  for (const gate of gates) await gate.stop();
  for (const folder of mounted) spawnSync('umount', [folder]);
  await venue?.close();
});

/** A folder with a small disk of its own; `undefined` where none may be mounted. */
function smallDisk(of: Venue, name: string): string | undefined {
  const data = join(of.folder, name);
  mkdirSync(data);
  const tried = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', data]);
  if (tried.status !== 0) {
    console.log('SKIPPED the full disk of a whole gateway: mount may not be used here');
    return undefined;
  }
  mounted.push(data);
  return data;
}

interface Live {
  readonly id: string;
  readonly disk: { readonly low: boolean } | null;
  readonly lanes: readonly { readonly unrecorded: string | null }[];
}

async function inCloud(of: Venue, gate: Gate): Promise<Live | undefined> {
  const { gateways } = await of.api<{ gateways: Live[] }>('GET', '/gateways');
  return gateways.find(({ id }) => id === gate.name);
}

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
  const at = venue as Venue;
  const data = smallDisk(at, 'small');
  if (data === undefined) return;
  const papers = await at.sell(await at.perform(false), PAPERS);
  const gate = await makeGate(at, 1, data);
  gates.push(gate);
  await gate.open();
  await gate.knows(PAPERS);
  const filler = join(data, 'filler');
  const burnt: Paper[] = [];
  await toldBefore(at, gate, data);
  for (let round = 0; round < ROUNDS; round++) {
    const inside = await closesWhenFull(gate, papers, filler, burnt);
    if (round === 0) {
      await gate.kill();
      await gate.open();
    }
    truncateSync(filler, 0);
    rmSync(filler);
    await until('the lane is open again', () => isIdle(gate));
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
  assert.equal(discrepancies(readLedger(at.database), [gate.seen]), []);
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

/** With little room left, but some, people are told, and the lane still takes guests. */
async function toldBefore(of: Venue, gate: Gate, data: string): Promise<void> {
  const { bavail, bsize, blocks } = statfsSync(data);
  const most = join(data, 'most');
  writeFileSync(most, Buffer.alloc(bavail * bsize - Math.floor(blocks * bsize * 0.06)));
  await until('people are told', async () => (await gate.status()).disk?.low === true);
  await until('in the cloud too', async () => (await inCloud(of, gate))?.disk?.low === true);
  assert.ok(gate.program.log.some((line) => line.includes('journal-disk-low')));
  assert.ok(await isIdle(gate));
  rmSync(most);
}

test('an entrance that was set so goes on with a full disk; with space, every row follows', async () => {
  const at = venue as Venue;
  const data = smallDisk(at, 'small-open');
  if (data === undefined) return;
  const papers = await at.sell(await at.perform(false), PAPERS);
  const gate = await makeGate(at, 1, data, { withoutJournal: 'open' });
  gates.push(gate);
  await gate.open();
  await gate.knows(PAPERS);
  await gate.connected();
  const [lane] = gate.lanes;
  const filler = join(data, 'filler');
  fill(filler);
  let after = 0;
  for (let n = 0; n < GUESTS_MAX && after < UNRECORDED_GUESTS; n++) {
    if (lane?.view?.unrecorded !== undefined) after += 1;
    assert.is((await lane?.visit(papers.pop() as Paper))?.came, 'in');
  }
  assert.is(after, UNRECORDED_GUESTS);
  assert.is(lane?.view?.unrecorded, 'journal-disk-full');
  const told = async () => (await inCloud(at, gate))?.lanes[0]?.unrecorded === 'journal-disk-full';
  await until('the cloud knows', told);
  truncateSync(filler, 0);
  rmSync(filler);
  await until('the journal is back', () => lane?.view?.unrecorded === undefined);
  assert.is((await lane?.visit(papers.pop() as Paper))?.came, 'in');
  await gate.drained();
  const ledger = readLedger(at.database);
  const mine = {
    ...ledger,
    journal: ledger.journal.filter(({ gateway }) => gateway === gate.name),
  };
  assert.equal(
    discrepancies(
      mine,
      gates.map(({ seen }) => seen),
    ).filter((fault) => fault.includes(gate.name)),
    [],
  );
  const intents = mine.journal.filter(({ body }) => body.startsWith('{"kind":"intent"'));
  assert.is(intents.length, gate.seen.unlocked.length, 'none of them is missing');
});

async function isIdle(of: Gate): Promise<boolean> {
  return (await of.status()).lanes[0]?.state === 'idle';
}

test.run();
