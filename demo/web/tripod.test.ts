import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tripodArms } from './tripod.ts';

const across = (turn: number, dropped = 0) =>
  tripodArms(turn, dropped).filter(({ x, y }) => x < -0.95 && Math.abs(y) < 0.05).length;

test('one arm lies across the lane at rest and after every third of a turn', () => {
  for (const turn of [0, 120, 240, 360, 1200]) assert.is(across(turn), 1);
});

test('half way through no arm is across', () => {
  assert.is(across(60), 0);
});

test('all arms hang when they are dropped for fire', () => {
  assert.ok(tripodArms(0, 1).every(({ x, y }) => Math.abs(x) < 0.2 && y > 0.9));
});

test('arms keep their length while they turn', () => {
  for (const { x, y, z } of tripodArms(77)) assert.ok(Math.abs(Math.hypot(x, y, z) - 1) < 1e-9);
});

test.run();
