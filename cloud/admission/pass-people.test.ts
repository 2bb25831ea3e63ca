import { TicketsPage } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type House, startHouse } from '../test/house.ts';
import { admit, sell } from '../test/offline.ts';
import { findPerformance } from '../ticketing/performance-store.ts';
import { ticketPages } from '../ticketing/sync-store.ts';

let house: House;
let pass: { id: string; performance: string };
let at: number;
const minute = 60_000;

test.before.each(async () => {
  house = await startHouse();
  pass = await sell(house, (await house.perform({ reEntry: true, capacity: 4 })).id, 3);
  at = house.clock.now() - 60 * minute;
});
test.after.each(() => house.stop());

async function walk(...directions: ('entry' | 'exit')[]) {
  for (const direction of directions) {
    at += minute;
    await admit(house, pass, { at, direction });
  }
  const { inside } = await findPerformance(house.store, pass.performance);
  const asked = { requestId: crypto.randomUUID(), cursor: null, limit: 10 };
  const row = TicketsPage.parse(ticketPages(house.store)(asked)).tickets[0];
  return { used: row?.used, inside, told: [row?.inside, row?.people] };
}

test('everybody who goes in or out on a pass is one person, and gateways are told how many', async () => {
  assert.equal(await walk('entry'), { used: 1, inside: 1, told: [true, undefined] });
  assert.equal(await walk('entry', 'entry'), { used: 3, inside: 3, told: [true, 3] });
  assert.equal(await walk('exit', 'exit'), { used: 3, inside: 1, told: [true, undefined] });
  assert.equal(await walk('exit', 'exit'), { used: 3, inside: 0, told: [false, undefined] });
});

test('as many come back on a pass as have gone out, without a use and without a conflict', async () => {
  await walk('entry', 'entry', 'entry', 'exit', 'exit');
  assert.equal(await walk('entry', 'entry'), { used: 3, inside: 3, told: [true, 3] });
  assert.is(await house.desk.countOpen(), 0);
  assert.equal(await walk('entry'), { used: 4, inside: 4, told: [true, 4] });
  assert.is(await house.desk.countOpen(), 1);
});

test.run();
