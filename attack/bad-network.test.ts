import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../scripts/free-port.ts';
import { type BadCable, badCable } from './bad-cable.ts';
import { type Gate, makeGate } from './gate.ts';
import type { Visit } from './gate-lane.ts';
import { discrepancies, readLedger } from './ledger.ts';
import { sellPhones } from './phones.ts';
import { openVenue, type Paper, type Venue } from './venue.ts';
import { pause, until } from './wait.ts';

const LANES = 3;
const PAPERS = 120;
const PHONES = 80;
/** Guests of each kind per lane and outage. */
const GUESTS = 4;
/** Who waits as long as this waited out the deadline of 1,500 ms; the rest is a timer's fraction. */
const DEADLINE_MS = 1_490;
/** Between the first guests of the lanes: those of one instant can't know of each other. */
const APART_MS = 150;
const WAITING_GUESTS_MAX = 2;
/** After so long the same code is a new presentation. */
const TAKEN_AWAY_MS = 1_600;
let venue: Venue | undefined;
let gate: Gate | undefined;
let cable: BadCable | undefined;
let papers: Paper[] = [];
let phones: Paper[] = [];

test.after(async () => {
  await gate?.stop();
  await cable?.stop();
  await venue?.close();
});

test('a good network: regular and secure tickets enter', async () => {
  const door = await freePort();
  venue = await openVenue(door);
  cable = badCable(door, venue.mqttPort);
  await cable.start();
  papers = await venue.sell(await venue.perform(false), PAPERS);
  phones = await sellPhones(venue, await venue.perform(true), PHONES);
  gate = await makeGate(venue, LANES);
  await gate.open();
  await gate.connected();
  await gate.knows(PAPERS);
  assert.equal(cameOf(await everyLane(papers, 1)), ['in']);
  assert.equal(cameOf(await everyLane(phones, 1)), ['in']);
});

/** So many guests come to each lane, one after another. */
async function everyLane(from: Paper[], guests: number): Promise<Visit[]> {
  const visits = (gate as Gate).lanes.map(async (lane, i) => {
    const came: Visit[] = [];
    await pause(i * APART_MS);
    for (let n = 0; n < guests; n++) came.push(await lane.visit(from.pop() as Paper));
    return came;
  });
  return (await Promise.all(visits)).flat();
}

function cameOf(visits: readonly Visit[]): string[] {
  return [...new Set(visits.map((visit) => (visit.came === 'away' ? visit.verdict : visit.came)))];
}

/** How many guests waited out the deadline since a row, as the gateway itself counts the time. */
function waitedSince(row: number): number {
  const rows = (gate as Gate).seen.rows.slice(row);
  return rows.filter(({ timings }) => (timings?.cloud ?? 0) > DEADLINE_MS).length;
}

for (const state of ['cut', 'silent'] as const) {
  test(`a ${state} network: regular tickets go on, secure ones are told so, at most two wait`, async () => {
    const from = (gate as Gate).seen.rows.length;
    await cable?.become(state);
    // the first guests come before anybody knows
    const secure = await everyLane(phones, GUESTS);
    assert.equal(cameOf(secure), ['needs-connection']);
    assert.equal(cameOf(await everyLane(papers, GUESTS)), ['in']);
    const waited = waitedSince(from);
    assert.ok(waited <= WAITING_GUESTS_MAX, `${waited} guests waited out a deadline`);
    await healed();
  });
}

/** Phones enter again, at the latest when the gateway has tried the cloud once more; all goes up. */
async function healed(): Promise<void> {
  await cable?.become('good');
  for (const lane of (gate as Gate).lanes) {
    const phone = phones.pop() as Paper;
    await until('a phone enters again', async () => {
      await gate?.connected();
      const visit = await lane.visit(phone);
      if (visit.came === 'in') return true;
      await pause(TAKEN_AWAY_MS);
      return false;
    });
  }
  await gate?.drained();
}

test('a slow network: regular tickets go on, secure ones enter late or are told so', async () => {
  await cable?.become('slow');
  const secure = cameOf(await everyLane(phones, GUESTS));
  const other = secure.filter((came) => came !== 'in' && came !== 'needs-connection');
  assert.equal(other, []);
  assert.equal(cameOf(await everyLane(papers, GUESTS)), ['in']);
  await healed();
});

test('after all of it everything is in the cloud once', () => {
  const { database } = venue as Venue;
  assert.equal(discrepancies(readLedger(database), [(gate as Gate).seen]), []);
});

test.run();
