import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createPlayers, playAll, playForSum } from './jobs.ts';
import { play } from './venue.ts';

const SEEDS = 200;
/** Most of an evening’s time is its healing, and more so the more gateways hear each other. */
const SHORT = { steps: 300, gateways: 3, long: false };
/** Every tenth evening is one of any house, and may have the long outage. */
const FULL = { steps: 600 };
/** As many as a small machine has cores. */
const JOBS = 2;

test('the same seed is the same evening, to the last row, in any process', async () => {
  const here = new Map<number, string>();
  for (const seed of [3, 8]) {
    const one = await play({ seed, ...FULL });
    assert.ok(one.scans > 0);
    here.set(seed, one.hash());
    here.set(seed + 1, (await playForSum({ seed: seed + 1, ...FULL })).hash);
  }
  for (const from of [3, 8]) {
    await playAll({ from, to: from + 1, jobs: 2, evening: FULL }, ({ seed, hash }) => {
      assert.is(hash, here.get(seed), `seed ${seed}`);
    });
  }
  assert.is(new Set(here.values()).size, 4);
});

test(`shipping code keeps every promise on ${SEEDS} evenings full of faults`, async () => {
  const players = createPlayers(JOBS);
  const evenings = Array.from({ length: SEEDS }, (_, n) => {
    const seed = n + 1;
    return { seed, ...(seed % 10 === 0 ? FULL : SHORT) };
  });
  const played = await Promise.all(evenings.map(players.play)).finally(players.stop);
  const what = played.flatMap(({ seed, violations }) =>
    violations.map((one) => `seed ${seed}, ${one.invariant}: ${one.what}`),
  );
  assert.equal(what, []);
  const sum = (of: 'faults' | 'passages') => played.reduce((all, one) => all + one[of], 0);
  assert.is(played.length, SEEDS);
  assert.ok(sum('faults') > SEEDS && sum('passages') > SEEDS);
});

test.run();
