import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MUTANTS } from './mutants.ts';
import { play } from './venue.ts';

/** Every planted bug has to be found within so many evenings. */
const SEEDS = 60;
const STEPS = 2_000;

for (const [mutant, { says, faults: kinds }] of Object.entries(MUTANTS)) {
  test(`found: ${says}`, async () => {
    let found: string | undefined;
    for (let seed = 1; seed <= SEEDS && found === undefined; seed++) {
      const { violations } = await play({ seed, steps: STEPS, mutant, kinds });
      found = violations[0]?.invariant;
    }
    assert.ok(found, `${mutant} was not found within ${SEEDS} seeds`);
  });
}

test.run();
