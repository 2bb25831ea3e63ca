import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type House, startHouse } from '../test/house.ts';
import { admission, admit, drain, sell } from '../test/offline.ts';

let house: House;
let ticket: { id: string; performance: string };
let now: number;
const minute = 60_000;

test.before.each(async () => {
  house = await startHouse();
  ticket = await sell(house, (await house.perform({ reEntry: true })).id);
  now = house.clock.now();
});
test.after.each(() => house.stop());

/** Uses, who is inside, and how many people. */
async function counted(of = ticket) {
  const { db } = house.store;
  const row = await db
    .selectFrom('tickets')
    .innerJoin('performances', 'performances.id', 'tickets.performance')
    .select(['used', 'tickets.inside as inside', 'performances.inside as people'])
    .where('tickets.id', '=', of.id)
    .executeTakeFirstOrThrow();
  return [row.used, row.inside, row.people];
}
const exit = { direction: 'exit' } as const;

test('an exit that the cloud hears of late does not put out who has come back since', async () => {
  await admit(house, ticket, { gateway: 'a', at: now - 3 * minute });
  await admit(house, ticket, { gateway: 'b', at: now - minute });
  assert.equal(await counted(), [2, 2, 2]);
  await admit(house, ticket, { gateway: 'c', at: now - 2 * minute, ...exit });
  assert.equal(await counted(), [1, 1, 1]);
  assert.is(await house.desk.countOpen(), 0);
});

test('an exit that is heard of before its entry is one all the same', async () => {
  await admit(house, ticket, { gateway: 'c', at: now - minute, ...exit });
  assert.equal(await counted(), [0, 0, 0]);
  await admit(house, ticket, { gateway: 'a', at: now - 2 * minute });
  assert.equal(await counted(), [1, 0, 0]);
});

test('live news before the backlog of the same gateway is counted in the order of its boot', async () => {
  const [came, left, back] = [
    admission(ticket, { at: now - 3 * minute }),
    admission(ticket, { at: now - 2 * minute, ...exit }),
    admission(ticket, { at: now - minute }),
  ];
  await house.validator.settle('gate-1', back.live);
  await drain(house, came);
  await drain(house, left);
  await drain(house, back);
  assert.equal(await counted(), [1, 1, 1]);
});

test('where no time is known, what comes last is last', async () => {
  const stamp = { quality: 'untrusted' as const, offset: null, uncertainty: null };
  await admit(house, ticket, { gateway: 'a', at: now - 3 * minute });
  house.clock.move(1_000);
  await admit(house, ticket, { gateway: 'b', at: now - 9 * minute, ...exit, stamp });
  assert.equal(await counted(), [1, 0, 0]);
});

test('a boot whose clock is believed later lends its time to what it did before', async () => {
  const unknown = { quality: 'untrusted' as const, offset: null, uncertainty: null };
  const boot = { boot: 'boot-b', mono: 1_000 };
  await admit(house, ticket, { gateway: 'a', at: now - 10 * minute });
  await admit(house, ticket, { gateway: 'a', at: now - 6 * minute });
  const stamp = { ...unknown, ...boot };
  await admit(house, ticket, { gateway: 'b', at: now - 99 * minute, ...exit, stamp });
  assert.equal(await counted(), [2, 1, 1], 'as it seems');
  const later = { ...boot, mono: 1_000 + 4 * minute, quality: 'plausible' as const };
  await admit(house, ticket, { gateway: 'b', at: now - 4 * minute, ...exit, stamp: later });
  assert.equal(await counted(), [1, 0, 0], 'in, out, in again, out');
});

test.run();
