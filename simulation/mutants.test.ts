import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createPlayers } from './jobs.ts';
import { MUTANT_STEPS, MUTANTS, type Planted } from './mutants.ts';

/** Every planted bug has to be found within so many evenings; first that which once found it. */
const SEEDS = 60;
/** As many as a small machine has cores. */
const players = createPlayers(2);

async function find(mutant: string, planted: Planted) {
  const { faults: kinds, seed: known = 1, gateways, handhelds = false } = planted;
  const seeds = [known, ...Array.from({ length: SEEDS }, (_, n) => n + 1)];
  for (const seed of seeds) {
    const of = { steps: MUTANT_STEPS, mutant, kinds, gateways, long: false, handhelds };
    const { violations } = await players.play({ ...of, seed, toFirst: true });
    if (violations[0]) return violations[0].invariant;
  }
  return undefined;
}

const hunts = Object.entries(MUTANTS).map(([mutant, planted]) => {
  return { mutant, says: planted.says, found: find(mutant, planted) };
});

for (const { mutant, says, found } of hunts) {
  test(`found: ${says}`, async () => {
    assert.ok(await found, `${mutant} was not found within ${SEEDS} seeds`);
  });
}

test.after(() => players.stop());

test.run();
