import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chance } from './chance.ts';
import { crowd } from './crowd.ts';
import { type Gate, makeGate } from './gate.ts';
import { discrepancies, readLedger } from './ledger.ts';
import { sellPhones } from './phones.ts';
import { openVenue, type Venue } from './venue.ts';
import { pause, until } from './wait.ts';

const SEED = Number(process.env.ATTACK_SEED ?? 20_261_122);
const ROUNDS = 8;
const PAPERS = 600;
const PHONES = 60;
const LAST_GUESTS = 30;
let venue: Venue | undefined;
const gates: Gate[] = [];

test.after(async () => {
  for (const gate of gates) await gate.stop();
  await venue?.close();
});

test(`kill -9 of the cloud, ${ROUNDS} times while two gateways scan: nothing lost, nothing doubled`, async () => {
  venue = await openVenue();
  const luck = chance(SEED);
  const papers = await venue.sell(await venue.perform(false), PAPERS);
  const phones = await sellPhones(venue, await venue.perform(true), PHONES);
  for (let n = 0; n < 2; n++) gates.push(await makeGate(venue, 1));
  await Promise.all(gates.map((gate) => gate.open()));
  await Promise.all(gates.map((gate) => gate.knows(PAPERS)));
  const [regular, secure] = [crowd(luck, papers), crowd(luck, phones)];
  let over = false;
  const turns = [regular, secure];
  // every lane takes paper and phones in turn
  const coming = Promise.all(
    gates.map(async (gate) => {
      while (!over) {
        let left = luck.between(1, 3);
        await luck.pick(turns).come([gate], () => over || --left < 0);
      }
    }),
  );
  for (let round = 0; round < ROUNDS; round++) {
    // mostly when all are connected again, sometimes in the middle of that
    if (luck.percent(75)) await Promise.all(gates.map((gate) => gate.connected()));
    await pause(luck.between(30, 900));
    await venue.cloud.kill();
    await pause(luck.between(0, 300));
    await venue.cloud.start();
  }
  over = true;
  await coming;
  for (const gate of gates) await gate.connected();
  // first all that waits goes up: then a slow cloud has time for phones
  for (const gate of gates) await gate.drained();
  const come = async (guests: number) => {
    await secure.come(gates, () => --guests < 0);
    return secure.visits.some(({ came }) => came === 'in');
  };
  await come(LAST_GUESTS);
  await until('a phone is in', () => come(1));
  for (const gate of gates) await gate.drained();
  const seen = gates.map((gate) => gate.seen);
  const count = (what: 'typed' | 'passed') => seen.reduce((sum, one) => sum + one[what].length, 0);
  const told = `seed ${SEED}: ${count('typed')} typed, ${count('passed')} passed`;
  assert.equal(discrepancies(readLedger(venue.database), seen), [], told);
  assert.ok(
    regular.visits.some(({ came }) => came === 'in'),
    told,
  );
  const verdicts = secure.visits.map((visit) => (visit.came === 'away' ? visit.verdict : ''));
  assert.not(verdicts.includes('forged'), 'no phone is ever called forged');
});

test.run();
