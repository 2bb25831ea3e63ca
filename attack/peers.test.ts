import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chance } from './chance.ts';
import type { Gate } from './gate.ts';
import { discrepancies, type Ledger, readLedger } from './ledger.ts';
import { type Neighbours, openNeighbours } from './neighbours.ts';
import { byTicket } from './observer.ts';
import { cameIn, refusedEverywhere, type Shown, sayings, showAt, someOf } from './several-gates.ts';
import { openVenue, type Paper, type Venue } from './venue.ts';
import { pause, until } from './wait.ts';

const SEED = Number(process.env.ATTACK_SEED ?? 20_261_123);
const GATES = 3;
/** Tickets that a crowd shows while all hear each other. */
const CROWD = 12;
const ROUNDS = Number(process.env.ATTACK_ROUNDS ?? 4);
/** Tickets shown on both sides of a cut. */
const CUT_GUESTS = 4;
const TICKETS = 400;
/** After so long the same code is a new presentation. */
const TAKEN_AWAY_MS = 1_600;
const luck = chance(SEED);
let venue: Venue;
let three: Neighbours | undefined;
let papers: Paper[] = [];
/** Tickets whose guest had the green light when their gateway died. */
const held: Paper[] = [];
/** Scans that were admitted on both sides of a cut. */
const alone: string[] = [];

test.after(async () => {
  for (const { program, name } of three?.gates ?? []) {
    if (!program.running) console.log(`${name} is gone: ${program.log.slice(-20).join('\n')}`);
  }
  await three?.close();
  await venue?.close();
});

interface Conflict {
  readonly ticket: string;
  readonly matter: string;
  readonly kind: string | null;
}

const gates = () => (three as Neighbours).gates;
const seen = () => gates().map((gate) => gate.seen);
const passages = () => byTicket(seen().flatMap(({ passed }) => passed));
const conflicts = async () =>
  (await venue.api<{ conflicts: Conflict[] }>('GET', '/conflicts?limit=500')).conflicts;
const paper = () => papers.pop() as Paper;

/** Tickets on which more than one guest walked in. */
function doubles(): string[] {
  return [...passages()].filter(([, times]) => times > 1).map(([ticket]) => ticket);
}

/** Tickets of which some lane wrote that it had not heard somebody when it admitted. */
function marked({ bodies }: Ledger): ReadonlySet<string> {
  const alone = bodies.filter((row) => row.kind === 'intent' && (row.split || row.unconfirmed));
  return new Set(alone.map(({ ticket }) => ticket ?? ''));
}

/** Everything has come together: each row is there once, and each double is a conflict. */
async function settled(what: string): Promise<Ledger> {
  await three?.drained();
  const ledger = readLedger(venue.database);
  for (const ticket of doubles()) console.log(storyOf(ledger, ticket));
  assert.equal(discrepancies(ledger, seen()), [], `seed ${SEED}, ${what}`);
  const found = await conflicts();
  const twice = doubles();
  const told = JSON.stringify(found.map(({ ticket, matter, kind }) => [ticket, matter, kind]));
  assert.equal(
    found.map(({ ticket }) => ticket).sort(),
    twice.flatMap((ticket) => Array<string>((passages().get(ticket) ?? 0) - 1).fill(ticket)).sort(),
    `seed ${SEED}, ${what}: ${told}`,
  );
  assert.ok(
    found.every(({ matter, kind }) => matter === 'double' && kind !== null && kind !== 'knew'),
    told,
  );
  const unheard = marked(ledger);
  assert.ok(
    twice.every((ticket) => unheard.has(ticket)),
    'whoever heard all admitted nobody twice',
  );
  console.log(`${what}: ${passages().size} tickets in, ${twice.length} of them twice in all`);
  return ledger;
}

/** A ticket that all lanes kept off for each other is good again: nobody is burnt. */
async function comeAgain(shown: readonly Shown[]): Promise<void> {
  for (const one of refusedEverywhere(shown)) {
    console.log(`refused everywhere at first: ${sayings(one)}`);
    await pause(TAKEN_AWAY_MS);
    const again = await showAt([luck.pick(gates())], one.paper, luck);
    assert.ok(cameIn(again), `${sayings(one)}, then ${sayings(again)}`);
  }
}

test('lanes hear each other and the cloud is away: a crowd with copies enters once each', async () => {
  venue = await openVenue();
  papers = await venue.sell(await venue.perform(false), TICKETS);
  three = await openNeighbours(venue, GATES);
  await Promise.all(gates().map((gate) => gate.knows(TICKETS)));
  await three.heard();
  await venue.cloud.kill();
  const shown: Shown[] = [];
  for (let n = 0; n < CROWD; n++) {
    shown.push(await showAt(someOf(luck, gates(), 2), paper(), luck));
  }
  await comeAgain(shown);
  const twice = doubles();
  await venue.cloud.start();
  await Promise.all(gates().map((gate) => gate.connected()));
  const ledger = await settled('cloud away');
  const heard = shown.filter((one) => !marked(ledger).has(one.paper.ticket));
  console.log(`${heard.length} of ${CROWD} with the word of all, ${twice.length} twice`);
  assert.ok(heard.length > 0);
});

test(`kill -9 of a gateway, ${ROUNDS} times with the cloud away: what it held is nobody else's`, async () => {
  await three?.cloud('cut');
  const shown: Shown[] = [];
  const next: Paper[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const dying = luck.pick(gates());
    const others = gates().filter((gate) => gate !== dying);
    let there = gates();
    let over = false;
    const coming = crowdAt(
      () => there,
      () => next.shift() ?? (over ? undefined : paper()),
      shown,
    );
    await pause(luck.between(50, 700));
    if (round % 2 === 0) {
      const left = paper();
      there = others;
      // its lane is for one guest at a time
      const before = shown.length;
      await until('the crowd has left the lane', () => shown.length > before);
      // a guest who has the green light when the lights go out, and turns round
      await dying.lanes[0]?.visit(left, { waits: undefined });
      await pause(luck.between(0, 20));
      held.push(left);
      // the crowd has a copy for the other lanes
      next.push(left);
    }
    await dying.kill();
    there = others;
    await dying.open();
    await three?.heard();
    there = gates();
    over = true;
    await coming;
  }
  await pause(TAKEN_AWAY_MS);
  const isHeld = (one: Shown) => held.includes(one.paper);
  const early = shown.filter(isHeld);
  assert.is(early.length, held.length);
  assert.equal(early.filter(cameIn).map(sayings), []);
  for (const left of held) await isForPerson(left);
  await comeAgain(shown.filter((one) => !isHeld(one)));
  console.log(`${shown.length} tickets shown while gateways die, ${doubles().length} in twice`);
});

/** Guests with copies come to whoever is there, until nobody is next. */
async function crowdAt(
  there: () => readonly Gate[],
  next: () => Paper | undefined,
  shown: Shown[],
): Promise<void> {
  for (let one = next(); one; one = next()) {
    shown.push(await showAt(someOf(luck, there(), 2), one, luck));
  }
}

/** Every lane leaves the ticket to the person beside it. */
async function isForPerson(ticket: Paper): Promise<void> {
  const late = await showAt(gates(), ticket, luck);
  assert.equal(saidAt(late), ['staff'], sayings(late));
  const reasons = gates().map((gate) => gate.lanes[0]?.view?.verdict?.details.reason);
  assert.equal([...new Set(reasons)], ['unsettled']);
}

function saidAt({ visits }: Shown): string[] {
  return [...new Set(visits.map((visit) => (visit.came === 'away' ? visit.verdict : visit.came)))];
}

/** Which ways become bad: one pair's, so that a third gate hears both; or all of one gateway. */
const SPLITS = [
  { state: 'cut', ways: [[0, 1]] },
  {
    state: 'silent',
    ways: [
      [0, 1],
      [0, 2],
    ],
  },
] as const;

test('ways cut and silent, cloud away: lanes say split, and after mending nobody enters', async () => {
  for (const split of SPLITS) await whileSplit(split);
});

/** Shows tickets on both sides, mends the ways, and shows them everywhere once more. */
async function whileSplit({ state, ways }: (typeof SPLITS)[number]): Promise<void> {
  await three?.heard();
  const [one, other] = gates() as [Gate, Gate];
  const began = performance.now();
  for (const [near, far] of ways) await three?.way(near, far).become(state);
  await Promise.all([showsSplit(one, other, began), showsSplit(other, one, began)]);
  const from = [one, other].map((gate) => gate.seen.rows.length);
  const shown: Shown[] = [];
  for (let n = 0; n < CUT_GUESTS; n++) {
    const ticket = paper();
    const first = await showAt([one], ticket, luck);
    assert.ok(cameIn(first), sayings(first));
    const second = await showAt([other], ticket, luck);
    shown.push({ paper: ticket, visits: [...first.visits, ...second.visits] });
  }
  const rows = [one, other].flatMap((gate, i) => gate.seen.rows.slice(from[i]));
  const twice = shown.filter(({ visits }) => visits.every(({ came }) => came === 'in'));
  console.log(`${state}: ${twice.length} of ${CUT_GUESTS} entered on both sides`);
  for (const [near, far] of ways) await three?.way(near, far).become('good');
  await three?.heard();
  for (const { paper: ticket } of shown) {
    const again = await showAt(gates(), ticket, luck);
    assert.not(cameIn(again), sayings(again));
  }
  const intents = rows.filter(({ kind }) => kind === 'intent').map(({ scanId = '' }) => scanId);
  assert.ok(intents.length >= CUT_GUESTS);
  alone.push(...intents);
}

/** Its lane says that not all are heard, and it names who is not. */
async function showsSplit(gate: Gate, other: Gate, began: number): Promise<void> {
  await until(
    'the lane shows the split',
    async () => {
      const { lanes, peers } = await gate.status();
      return lanes.every(({ split }) => split === true) && peers.missing.includes(other.name);
    },
    gate.status,
  );
  console.log(`split shown after ${Math.round(performance.now() - began)} ms`);
}

const cursorOf = async (gate: Gate) => (await gate.status()).tickets.cursor ?? 0;

test('the cloud is back: every row is there once, doubles are found, and no lane knew', async () => {
  await three?.cloud('good');
  const ledger = await settled('after all of it');
  const unsettled = ledger.scans.filter(({ result }) => result === 'unsettled');
  const asked = new Set(unsettled.map(({ ticket }) => ticket));
  assert.ok(held.every(({ ticket }) => asked.has(ticket)));
  const intents = ledger.bodies.filter(({ kind }) => kind === 'intent');
  const split = new Set(
    intents.flatMap((row) => (row.kind === 'intent' && row.split ? row.scanId : [])),
  );
  assert.equal(
    alone.filter((scanId) => !split.has(scanId)),
    [],
  );
});

/** Who admitted on a ticket, and what of the others it said. */
function storyOf({ bodies }: Ledger, ticket: string): string {
  const of = bodies.filter((row) => row.ticket === ticket && row.kind !== 'refusal');
  const lines = of
    .sort((a, b) => a.at.wall - b.at.wall)
    .map((row) => {
      const what = row.kind === 'intent' ? row.kind : row.kind === 'result' ? row.result : '';
      const marks = row.kind === 'intent' ? { split: row.split, unconfirmed: row.unconfirmed } : {};
      return `${row.at.wall} ${row.gateway} ${what} ${JSON.stringify(marks)}`;
    });
  const saw = seen().flatMap(({ passed, unlocked }) =>
    [unlocked, passed].map((all) => all.filter((one) => one.ticket === ticket).length),
  );
  return `${ticket}: ${lines.join('; ')}; opened and passed by gateway ${saw}`;
}

test('a block reaches a gateway whose uplink is cut; a revoked gateway is out', async () => {
  const [one, other, third] = gates() as [Gate, Gate, Gate];
  const blocked = paper();
  await three?.uplinks[0]?.become('cut');
  await until('it has no uplink', async () => (await one.status()).uplink !== 'connected');
  const before = Math.max(...(await Promise.all(gates().map(cursorOf))));
  await venue.api('PATCH', `/tickets/${blocked.ticket}`, { status: 'blocked' });
  const news = before + 1;
  for (const gate of gates()) {
    await until('the news is there', async () => (await cursorOf(gate)) >= news, gate.status);
  }
  assert.is.not((await one.status()).uplink, 'connected');
  assert.equal(saidAt(await showAt(gates(), blocked, luck)), ['blocked']);

  await venue.api('POST', `/gateways/${third.name}/revoke`);
  for (const gate of [one, other]) {
    await until(
      'the revoked one is out',
      async () => {
        const { heard, missing } = (await gate.status()).peers;
        return ![...heard, ...missing].includes(third.name) && heard.length === 1;
      },
      gate.status,
    );
  }
  await until('nobody hears it', async () => (await third.status()).peers.heard.length === 0);
});

test.run();
