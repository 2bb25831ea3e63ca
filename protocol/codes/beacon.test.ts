import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BEACON_SECONDS, beaconAge, beaconIndexAt, beaconIndexFor } from './beacon.ts';

const PERIOD_MS = BEACON_SECONDS * 1000;

test('a beacon is current for its five minutes', () => {
  const start = 6_000_000 * PERIOD_MS;
  assert.equal(
    [start - 1, start, start + PERIOD_MS - 1, start + PERIOD_MS].map(beaconIndexAt),
    [5_999_999, 6_000_000, 6_000_000, 6_000_001],
  );
});

test('the low 8 bits give back any of the last 254 beacons, this one and the next', () => {
  fc.assert(
    fc.property(fc.integer({ min: 300, max: 10_000_000 }), fc.nat(255), (nowIndex, back) => {
      const index = nowIndex + 1 - back;
      assert.is(beaconIndexFor(index % 256, nowIndex), index);
    }),
  );
});

test('age counts from the moment a beacon was replaced', () => {
  const replaced = 6_000_001 * PERIOD_MS;
  assert.is(beaconAge(6_000_000, replaced - 1), 0);
  assert.is(beaconAge(6_000_000, replaced), 0);
  assert.is(beaconAge(6_000_000, replaced + 1), 1);
  assert.is(beaconAge(6_000_001, replaced), 0);
});

test.run();
