import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createPlayers } from './jobs.ts';

/** As many as a small machine has cores. */
const JOBS = 2;

/** Evenings on which a long run once found something, and what that was. */
const KNOWN = [
  {
    seed: 100660,
    steps: 400,
    was: 'a guest was through when his gateway was told to stop, and the sensor told of it too late',
  },
  {
    seed: 100285,
    steps: 400,
    was: 'somebody passed late while the cloud was being asked about a newer code of his ticket',
  },
  {
    seed: 100783,
    steps: 400,
    was: 'a gateway left the list while the cloud was down, and the evening waited for itself',
  },
  {
    seed: 200109,
    steps: 800,
    was: 'somebody left through an exit with a full disk, and his gateway died before it was told',
  },
  {
    seed: 100010,
    steps: 400,
    was: 'a gateway broke for good, and only another one had heard of its passages',
  },
  {
    seed: 100522,
    steps: 400,
    was: 'a gateway was revoked without the cloud, and another one had heard of its passages',
  },
] as const;

const players = createPlayers(JOBS);
const played = new Map(
  KNOWN.map(({ seed, steps }) => [seed, players.play({ seed, steps, handhelds: false })]),
);

for (const { seed, was } of KNOWN) {
  test(`seed ${seed} is mended: ${was}`, async () => {
    const { violations } = (await played.get(seed)) ?? { violations: undefined };
    assert.equal(violations, []);
  });
}

test.after(players.stop);
test.run();
