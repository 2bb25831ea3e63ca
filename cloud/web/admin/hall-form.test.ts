import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NewHall } from '../../ticketing/halls/hall.ts';
import {
  type DraftSeat,
  draftOf,
  drawn,
  emptyRows,
  type Hall,
  type HallDraft,
  hallBody,
  isFault,
  type RowsForm,
  rankIds,
  rowsBetween,
  seatsOf,
} from './hall-form.ts';

const draft = (...rows: Partial<RowsForm>[]): HallDraft => ({
  ...{ name: 'Main', ranks: [{ name: 'Parterre' }, { name: 'Balkon' }], marks: {} },
  ...{ front: false, moved: {} },
  rows: rows.map((one) => ({ ...emptyRows(), ...one })),
});
const made = (given: HallDraft): readonly DraftSeat[] => {
  const seats = seatsOf(given);
  if (isFault(seats)) throw new Error(seats.fault);
  return seats;
};

test('rows go from letter to letter and number to number, either way', () => {
  assert.equal(rowsBetween('A', 'C'), ['A', 'B', 'C']);
  assert.equal(rowsBetween('Y', 'AB'), ['Y', 'Z', 'AA', 'AB']);
  assert.equal(rowsBetween('3', '1'), ['3', '2', '1']);
  assert.equal(rowsBetween('Loge', ''), ['Loge']);
  for (const [from, to] of [
    ['A', '3'],
    ['', 'B'],
    ['1', '900'],
    ['Loge', 'Bar'],
  ]) {
    assert.is(rowsBetween(from as string, to as string), undefined);
  }
});

test('rows from–to make seats with aisles, and a second part of a row lies behind an aisle', () => {
  const seats = made(
    draft({ to: 'B', last: 4, aisles: '2' }, { to: 'A', first: 5, last: 6, rank: 1 }),
  );
  const row = (name: string) => seats.filter((seat) => seat.row === name);
  assert.equal(
    row('A').map(({ number, place, rank }) => [number, place, rank]),
    [
      ['1', 0, 'parterre'],
      ['2', 1, 'parterre'],
      ['3', 3, 'parterre'],
      ['4', 4, 'parterre'],
      ['5', 6, 'balkon'],
      ['6', 7, 'balkon'],
    ],
  );
  assert.equal(new Set(row('B').map(({ line }) => line)), new Set([1]));
});

test('odd and even numbers, and rows numbered from the right, keep their aisles', () => {
  const [odd] = [made(draft({ last: 6, numbers: 'odd', indent: 2 }))];
  assert.equal(
    odd?.map(({ number, place }) => [number, place]),
    [
      ['1', 2],
      ['3', 3],
      ['5', 4],
    ],
  );
  const right = made(draft({ last: 4, lowest: 'right', aisles: '2' }));
  assert.equal(
    right.map(({ number, place }) => [number, place]),
    [
      ['4', 0],
      ['3', 1],
      ['2', 3],
      ['1', 4],
    ],
  );
});

test('what cannot be is named with the rows that it stands in', () => {
  assert.equal(seatsOf(draft({}, { from: 'A', to: '9' })), { at: 1, fault: 'rows' });
  assert.equal(seatsOf(draft({ first: 5, last: 2 })), { at: 0, fault: 'numbers' });
  assert.equal(seatsOf(draft({ last: 3 }, { first: 3 })), { at: 1, fault: 'twice', seat: 'A 3' });
  assert.equal(seatsOf(draft({ from: '1', to: '100', last: 300 })), { at: 0, fault: 'many' });
});

test('the cloud takes such a hall, without the seats that were taken out', () => {
  const given = {
    ...draft({ to: 'C', last: 4, door: 'Left' }),
    marks: { 'A/1': 'wheelchair', 'A/2': 'companion', 'B/4': 'gone' } as const,
  };
  const hall = NewHall.parse(hallBody(given, made(given)));
  assert.is(hall.seats.length, 11);
  assert.equal(
    hall.seats.slice(0, 2).map(({ wheelchair, companion }) => [wheelchair, companion]),
    [
      [true, false],
      [false, true],
    ],
  );
  assert.is(hall.seats[0]?.door, 'Left');
});

test('ranks get ids of their names, each once', () => {
  const ranks = ['Première', '1e rang', 'Première', '—'].map((name) => ({ name }));
  assert.equal(rankIds(ranks), ['premiere', '1e-rang', 'premiere-3', 'rank']);
});

const standing: Hall = {
  ...{ id: 'h', name: 'Main', ranks: [{ id: 'stalls', name: 'Parterre' }] },
  seats: ['A', 'B'].flatMap((row, n) =>
    [1, 2].map((number) => ({
      ...{ id: `${row}${number}`, rank: 'stalls', row, number: String(number), door: 'South' },
      ...{ line: n * 2, place: number, wheelchair: row === 'B', companion: false },
    })),
  ),
};
const change = (more: Partial<HallDraft>): HallDraft => ({
  ...{ ...draftOf(standing), rows: [], front: false, moved: {} },
  ...more,
});
const built = (given: HallDraft) => {
  const seats = seatsOf(given, drawn(standing));
  if (isFault(seats)) throw new Error(seats.fault);
  return hallBody(given, seats);
};

test('a hall that is opened and kept without a change is the same hall', () => {
  const { seats, ...rest } = built(change({}));
  assert.equal(rest, { name: standing.name, ranks: standing.ranks });
  assert.equal(
    seats,
    standing.seats.map(({ id, ...seat }) => seat),
  );
});

test('rows are added behind or before those that a hall has, seats taken out or put elsewhere', () => {
  const rows = [
    { ...emptyRows(), from: 'Pit', to: '', last: 1, rank: 1 },
    { ...emptyRows(), from: 'A', to: '', first: 3, last: 3 },
  ];
  const ranks = [...standing.ranks, { name: 'Stalls' }];
  const marks = { 'B/1': 'gone', 'B/2': 'companion' } as const;
  const draft = change({ rows, ranks, marks, moved: { 'A/1': 1 } });
  const at = (made: ReturnType<typeof built>) =>
    made.seats.map(({ row, number, line, place, rank }) => [row + number, line, place, rank]);
  assert.equal(at(built(draft)), [
    ['A1', 0, 1, 'stalls-2'],
    ['A2', 0, 2, 'stalls'],
    ['B2', 2, 2, 'stalls'],
    ['Pit1', 3, 0, 'stalls-2'],
    ['A3', 0, 4, 'stalls'],
  ]);
  assert.equal(at(built({ ...draft, front: true })), [
    ['A1', 1, 1, 'stalls-2'],
    ['A2', 1, 2, 'stalls'],
    ['B2', 3, 2, 'stalls'],
    ['Pit1', 0, 0, 'stalls-2'],
    ['A3', 1, 4, 'stalls'],
  ]);
  assert.is(built(draft).seats[2]?.companion, true);
  const again = change({ rows: [{ ...emptyRows(), from: 'A', to: '', last: 1 }] });
  assert.equal(seatsOf(again, drawn(standing)), { at: 0, fault: 'twice', seat: 'A 1' });
});

test.run();
