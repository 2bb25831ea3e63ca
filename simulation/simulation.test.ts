import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { play } from './venue.ts';

const SEEDS = 120;
const STEPS = 800;

test('the same seed is the same evening, to the last row', async () => {
  for (const seed of [3, 7]) {
    const [one, other] = [await play({ seed, steps: 2_500 }), await play({ seed, steps: 2_500 })];
    assert.equal([one.hash(), one.lines.length], [other.hash(), other.lines.length]);
    assert.ok(one.scans > 0 && one.faults > 0);
  }
  const [one, other] = [await play({ seed: 1, steps: 200 }), await play({ seed: 2, steps: 200 })];
  assert.is.not(one.hash(), other.hash());
});

test(`shipping code keeps every promise on ${SEEDS} evenings full of faults`, async () => {
  let faults = 0;
  let passed = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { violations, lines, ...story } = await play({ seed, steps: STEPS });
    const what = violations.map((one) => `seed ${seed}, ${one.invariant}: ${one.what}`);
    assert.equal(what, []);
    faults += story.faults;
    passed += lines.filter((line) => line.includes('somebody passes')).length;
  }
  assert.ok(faults > SEEDS && passed > SEEDS, `only ${faults} faults and ${passed} passages`);
});

test.run();
