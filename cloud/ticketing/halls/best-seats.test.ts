import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bestSeats, leavesSingle } from './best-seats.ts';
import type { Seat } from './hall.ts';

/** A hall of lines of ten seats, `x` wheelchair, `.` aisle. */
function hallOf(...lines: string[]): Seat[] {
  return lines.flatMap((text, line) =>
    [...text].flatMap((mark, place) =>
      mark === '.'
        ? []
        : [
            {
              id: `${line}-${place}`,
              rank: mark === 'B' ? 'b' : 'a',
              row: String.fromCharCode(65 + line),
              number: String(place + 1),
              line,
              place,
              wheelchair: mark === 'x',
              companion: mark === 'y',
              door: null,
            },
          ],
    ),
  );
}

const ids = (seats: readonly Seat[]) => seats.map(({ id }) => id);
const freeOf = (all: readonly Seat[], ...taken: string[]) =>
  new Set(ids(all).filter((id) => !taken.includes(id)));

test('the first pair sits in the middle of the first line', () => {
  const all = hallOf('AAAAAAAAAA', 'AAAAAAAAAA');
  assert.equal(ids(bestSeats(all, freeOf(all), 2)), ['0-4', '0-5']);
});

test('seats are side by side, and never across an aisle or two ranks', () => {
  const all = hallOf('AA.AA', 'AABBB', 'AAAAA');
  assert.equal(ids(bestSeats(all, freeOf(all), 4)), ['2-0', '2-1', '2-2', '2-3']);
});

test('no single seat is left where that can be helped', () => {
  const all = hallOf('AAAA', 'AAAA');
  const free = freeOf(all, '0-0');
  assert.is(bestSeats(all, free, 2)[0]?.line, 1, 'two of three would leave one');
  assert.is(leavesSingle(all, free, ['0-1', '0-2']), true);
  assert.is(leavesSingle(all, free, ['0-1', '0-2', '0-3']), false);
});

test('where no line has so many, the party is split into as few groups as possible', () => {
  const all = hallOf('AA.AA', 'AAA.A');
  const chosen = bestSeats(all, freeOf(all), 5);
  assert.is(chosen.length, 5);
  assert.equal(ids(chosen).slice(0, 3), ['1-0', '1-1', '1-2']);
});

test('wheelchair and companion seats are left for who needs them', () => {
  const all = hallOf('xyAA');
  assert.equal(ids(bestSeats(all, freeOf(all), 4)), ['0-2', '0-3']);
});

test.run();
