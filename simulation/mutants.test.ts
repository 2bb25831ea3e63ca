import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createPlayers } from './jobs.ts';
import { MUTANTS } from './mutants.ts';

/** Every planted bug has to be found within so many evenings. */
const SEEDS = 60;
const STEPS = 2_000;
/** As many as a small machine has cores. */
const players = createPlayers(2);

async function find(mutant: string, kinds: readonly string[] | undefined) {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { violations } = await players.play({ seed, steps: STEPS, mutant, kinds });
    if (violations[0]) return violations[0].invariant;
  }
  return undefined;
}

const hunts = Object.entries(MUTANTS).map(([mutant, { says, faults }]) => {
  return { mutant, says, found: find(mutant, faults) };
});

for (const { mutant, says, found } of hunts) {
  test(`found: ${says}`, async () => {
    assert.ok(await found, `${mutant} was not found within ${SEEDS} seeds`);
  });
}

test.after(() => players.stop());

test.run();
