import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CapacityShare } from '../tickets/index.ts';
import { createCapacity } from './capacity.ts';
import { shareOf } from './shares.ts';

test('parts of all gateways add up to the whole, without a word between them', () => {
  const ids = ['a', 'b', 'c'];
  for (const whole of [0, 1, 2, 3, 100]) {
    assert.is(
      ids.reduce((sum, id) => sum + shareOf(whole, ids, id), 0),
      whole,
    );
  }
  assert.is(shareOf(10, [], 'a'), 10, 'a gateway by itself has all of it');
  assert.is(shareOf(10, ['b'], 'a'), 5, 'one that is not on the list counts too');
});

function rig(earlier: readonly CapacityShare[] = []) {
  const state = { inTouch: true, kept: earlier };
  const capacity = createCapacity({
    ...{ gateway: 'a', inTouch: () => state.inTouch, gateways: () => ['a', 'b'], earlier },
    keep: (shares) => {
      state.kept = shares;
    },
  });
  return { state, capacity };
}

test('in touch a performance may be filled to its last place', () => {
  const { capacity } = rig();
  assert.is(capacity.of('evening', 100, 40), 100);
});

test('out of touch a gateway lets in its part of what remained, however often it is asked', () => {
  const { state, capacity } = rig();
  state.inTouch = false;
  assert.is(capacity.of('evening', 100, 40), 70);
  assert.is(capacity.of('evening', 100, 65), 70);
  assert.is(capacity.of('matinee', 10, 10), 10, 'what is full stays full');
  state.inTouch = true;
  assert.is(capacity.of('evening', 100, 65), 100);
  assert.equal(state.kept, []);
});

test('a restart out of touch goes on with the part it had', () => {
  const first = rig();
  first.state.inTouch = false;
  first.capacity.of('evening', 100, 40);
  const second = rig(first.state.kept);
  second.state.inTouch = false;
  assert.is(second.capacity.of('evening', 100, 69), 70);
});

test.run();
