import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createSightings } from './sightings.ts';

const of = (...modules: number[]) => Float32Array.from(modules);

test('what frames of one kind show is summed, in the noise of one', () => {
  const sightings = createSightings();
  assert.is(sightings.any, false);
  sightings.next();
  assert.is(sightings.add('one', of(1, -1)), undefined);
  assert.is(sightings.any, true);
  sightings.next();
  assert.is(sightings.add('other', of(9, 9)), undefined);
  const together = sightings.add('one', of(3, 0));
  assert.equal(together, of(4 / Math.SQRT2, -1 / Math.SQRT2));
});

test('a frame counts once, and what it is given is not kept but copied', () => {
  const sightings = createSightings();
  const modules = of(1);
  sightings.next();
  sightings.add('one', modules);
  assert.is(sightings.add('one', modules), undefined);
  modules[0] = 100;
  sightings.next();
  assert.equal(sightings.add('one', of(1)), of(Math.SQRT2));
});

test('the ninth frame takes the place of the first, the fifth kind that of the oldest', () => {
  const sightings = createSightings();
  let together: Float32Array | undefined;
  for (let frame = 1; frame <= 9; frame++) {
    sightings.next();
    together = sightings.add('one', of(frame === 1 ? 100 : 1));
  }
  assert.ok(Math.abs((together?.[0] ?? 0) - Math.sqrt(8)) < 1e-5);
  for (const kind of ['two', 'three', 'four', 'five']) sightings.add(kind, of(1));
  sightings.next();
  assert.is(sightings.add('one', of(1)), undefined);
  assert.ok(sightings.add('five', of(1)));
});

test('where something else stands nothing is left of what stood there', () => {
  const sightings = createSightings();
  sightings.next();
  sightings.add('one', of(1));
  sightings.clear();
  assert.is(sightings.any, false);
  sightings.next();
  assert.is(sightings.add('one', of(1)), undefined);
});

test.run();
