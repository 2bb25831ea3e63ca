import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clockLeft, money, priceRange, toldMinutes, when } from './showing.ts';

const plain = (text: string) => text.replace(/\s/g, ' ');

test('P7: whole cents are shown as money of the language', () => {
  assert.is(plain(money(123_450, 'nl')), '€ 1.234,50');
  assert.is(money(123_450, 'en'), '€1,234.50');
  assert.is(money(0, 'en'), '€0.00');
  assert.is(money(-250, 'en'), '-€2.50');
});

test('several prices are shown from the lowest to the highest, one price once', () => {
  assert.is(priceRange([3_000, 1_500, 2_000], 'en'), '€15.00 – €30.00');
  assert.is(priceRange([1_500, 1_500], 'en'), '€15.00');
  assert.is(priceRange([], 'en'), '');
});

test('moments are shown in the theatre’s zone, on both sides of the change of clocks', () => {
  const summer = when(Date.UTC(2026, 9, 25, 0, 30), 'en', 'Europe/Amsterdam');
  const winter = when(Date.UTC(2026, 9, 25, 1, 30), 'en', 'Europe/Amsterdam');
  assert.equal([summer.time, winter.time], ['02:30', '02:30']);
  assert.is(when(Date.UTC(2026, 0, 1, 23, 0), 'nl', 'Europe/Amsterdam').time, '00:00');
  assert.is(when(Date.UTC(2026, 0, 1, 12, 0), 'nl', 'Europe/Amsterdam').month, 'jan');
});

test('time that is left counts down and stops at zero', () => {
  assert.is(clockLeft(900_000, 0), '15:00');
  assert.is(clockLeft(61_500, 500), '1:01');
  assert.is(clockLeft(1_000, 5_000), '0:00');
});

test('a screen reader is told of the time at a few moments only', () => {
  const minutes = [6, 5, 4, 3, 2, 1].map((left) => toldMinutes(left * 60_000, 0));
  assert.equal(minutes, [undefined, 5, 5, 5, 2, 1]);
  assert.is(toldMinutes(0, 0), 0);
});

test.run();
