import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chance } from './chance.ts';
import { crowd } from './crowd.ts';
import { type Gate, makeGate } from './gate.ts';
import { discrepancies, readLedger } from './ledger.ts';
import { openVenue, type Venue } from './venue.ts';
import { pause } from './wait.ts';

const SEED = Number(process.env.ATTACK_SEED ?? 20_261_121);
const ROUNDS = 12;
const LANES = 3;
const LAST_GUESTS = 60;
const TICKETS = 1_500;
let venue: Venue | undefined;
let gate: Gate | undefined;

test.after(async () => {
  await gate?.stop();
  await venue?.close();
});

test(`kill -9 of the gateway, ${ROUNDS} times under load: what was told is kept, nobody enters twice`, async () => {
  venue = await openVenue();
  gate = await makeGate(venue, LANES);
  const luck = chance(SEED);
  const papers = await venue.sell(await venue.perform(false), TICKETS);
  await gate.open();
  await gate.knows(TICKETS);
  const guests = crowd(luck, papers);
  for (let round = 0; round < ROUNDS; round++) {
    const coming = guests.come([gate], () => false);
    await pause(luck.between(30, 800));
    await gate.kill();
    await coming;
    await gate.open();
  }
  let last = LAST_GUESTS;
  await guests.come([gate], () => --last < 0);
  await gate.drained();
  const ledger = readLedger(venue.database);
  const { typed, unlocked, passed, rows } = gate.seen;
  const told = `${typed.length} typed, ${unlocked.length} unlocked, ${passed.length} passed, ${rows.length} rows`;
  assert.equal(discrepancies(ledger, [gate.seen]), [], `seed ${SEED}: ${told}`);
  const epochs = new Set(ledger.journal.map(({ epoch }) => epoch));
  assert.is(epochs.size, ROUNDS + 1, 'each start has an epoch of its own');
  assert.ok(passed.length > ROUNDS, told);
});

test.run();
