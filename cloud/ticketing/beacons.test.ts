import { randomBytes } from 'node:crypto';
import { BEACON_SECONDS, beaconIndexAt } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type House, startHouse } from '../test/house.ts';
import { BEACON_KEPT_MS, createBeacons } from './beacons.ts';

const BEACON_MS = BEACON_SECONDS * 1000;
let house: House;
test.before.each(async () => {
  house = await startHouse();
});
test.after.each(() => house.stop());

test('each five minutes have a random value of their own', async () => {
  const { beacons } = house.ticketing;
  const first = await beacons.current();
  assert.match(first.value, /^[0-9a-f]{32}$/);
  assert.is(first.until - first.from, BEACON_MS);
  assert.ok(first.from <= first.now && first.now < first.until);
  house.clock.move(BEACON_MS);
  const second = await beacons.current();
  assert.is(second.index, first.index + 1);
  assert.is.not(second.value, first.value);
  assert.is(Buffer.from(beacons.valueOf(first.index) ?? []).toString('hex'), first.value);
});

test('a restart within the five minutes keeps the value', async () => {
  const { value } = await house.ticketing.beacons.current();
  const again = createBeacons({ ...house, random: randomBytes });
  await again.start();
  assert.is((await again.current()).value, value);
  again.stop();
});

test('beacons are kept for as long as a code can mean them, and no longer', async () => {
  const { beacons } = house.ticketing;
  const { index } = await beacons.current();
  house.clock.move(255 * BEACON_MS);
  await beacons.current();
  assert.ok(beacons.valueOf(index), 'the 8 bits in a code can still mean it');
  house.clock.move(BEACON_KEPT_MS + BEACON_MS);
  await beacons.current();
  assert.is(beacons.valueOf(index), undefined);
  const kept = await house.store.db.selectFrom('beacons').select('slot').execute();
  assert.equal(
    kept.map(({ slot }) => slot),
    [beaconIndexAt(house.clock.now())],
  );
});

test('the timer renews the beacon by itself', async () => {
  const timers: { run: () => void; ms: number }[] = [];
  const clock = {
    ...house.clock,
    setTimeout: (run: () => void, ms: number) => timers.push({ run, ms }),
    clearTimeout: () => undefined,
  };
  const beacons = createBeacons({ ...house, clock, random: randomBytes });
  await beacons.start();
  assert.is(timers.length, 1);
  assert.ok((timers[0]?.ms ?? 0) <= BEACON_MS);
  house.clock.move(BEACON_MS);
  timers[0]?.run();
  while (timers.length < 2) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.ok(beacons.valueOf(beaconIndexAt(house.clock.now())));
  beacons.stop();
});

test.run();
