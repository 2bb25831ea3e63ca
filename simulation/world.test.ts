import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createWorld } from './world.ts';

const HELD_UP_MS = 20;

test('something that waits for virtual time in its own step ends the evening with words', async () => {
  const world = createWorld(1, HELD_UP_MS);
  world.after(1, () => new Promise<void>((done) => void world.after(500, done)));
  await world.step().then(
    () => assert.unreachable(),
    (fault: Error) => assert.match(fault.message, 'holds it up'),
  );
});

test('work outside of virtual time is waited for', async () => {
  const world = createWorld(1);
  const seen: string[] = [];
  world.after(1, async () => {
    await new Promise((next) => setImmediate(next));
    seen.push('worked');
  });
  world.after(1, () => void seen.push('next'));
  await world.until(2);
  assert.equal(seen, ['worked', 'next']);
});

test.run();
