import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SeatView } from './api.ts';
import { type Drawn, neighbour, planOf, wishOfSeats } from './seats.ts';

function seat(row: string, line: number, place: number): SeatView {
  const id = `${row}${place}`;
  const more = { wheelchair: false, companion: false, free: true };
  return { id, rank: 'a', row, number: String(place), line, place, ...more };
}

/** Two rows with an aisle; lines and places do not begin at zero. */
const SEATS = [
  ...[3, 4, 6].map((place) => seat('A', 2, place)),
  ...[4, 5, 6].map((place) => seat('B', 5, place)),
];
const plan = planOf(SEATS);
const at = (id: string) => plan.seats.find((one) => one.id === id) as Drawn;

test('a plan has no empty lines or sides, and keeps its aisle', () => {
  assert.equal([plan.width, plan.height], [4, 2]);
  assert.equal([at('A3').x, at('A6').x, at('B5').y], [0, 3, 1]);
  assert.equal(
    plan.rows.map(({ name }) => name),
    ['A', 'B'],
  );
});

test('a hall without seats is an empty plan', () => {
  assert.equal(planOf([]), { seats: [], rows: [], width: 0, height: 0 });
});

test('arrow keys lead over the aisle and to the nearest seat of the next line', () => {
  assert.is(neighbour(plan, at('A4'), 'right')?.id, 'A6');
  assert.is(neighbour(plan, at('A3'), 'left'), undefined);
  assert.is(neighbour(plan, at('A3'), 'down')?.id, 'B4');
  assert.is(neighbour(plan, at('B6'), 'up')?.id, 'A6');
  assert.is(neighbour(plan, at('A3'), 'up'), undefined);
});

test('every chosen seat is asked for with its own ticket type, in the order of the hall', () => {
  const chosen = new Map([
    ['B5', 'adult'],
    ['A3', 'adult'],
    ['A6', 'child'],
    ['B4', 'adult'],
  ]);
  assert.equal(wishOfSeats(SEATS, chosen), {
    seats: ['A3', 'A6', 'B4', 'B5'],
    tickets: [
      { type: 'adult', count: 1 },
      { type: 'child', count: 1 },
      { type: 'adult', count: 2 },
    ],
  });
});

test.run();
