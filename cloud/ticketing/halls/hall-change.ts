import type { Moment } from '@gatehouse/protocol';
import type { Random } from '../../ports.ts';
import type { Store } from '../../store/index.ts';
import { CLOSES_AFTER_MS } from '../performance.ts';
import { rowsOf } from '../rows.ts';
import { saleError } from '../sale-errors.ts';
import type { Hall, HallPlan, PlannedSeat, Seat } from './hall.ts';

/** Seats named in an error at most; the others are counted. */
const NAMED_MAX = 10;

const TO_COME = `coalesce(o.closes, o.ends, o.starts + ${CLOSES_AFTER_MS}) > ?2`;
/** Seats of a hall that are sold, held or blocked in a performance to come. */
const TAKEN = `select distinct s.row, s.number from places p
  join hall_seats s on s.id = p.seat join performances o on o.id = p.performance
  where s.hall = ?1 and (p.until is null or p.until > ?2) and ${TO_COME}`;
/** Those that stand on tickets made by hand. */
const BY_HAND = `select distinct json_extract(t.label, '$.row') as row,
  json_extract(t.label, '$.seat') as number from tickets t
  join performances o on o.id = t.performance join performance_sales s on s.performance = o.id
  where s.plan = ?1 and t.replaced_by is null and t.status not in ('cancelled', 'taken-back')
  and ${TO_COME}`;

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const nameOf = ({ row, number }: Pick<Seat, 'row' | 'number'>) => `${row} ${number}`;

/** @throws GatehouseError `hall-seats-twice` */
export function checkOnce({ seats }: Pick<HallPlan, 'seats'>): void {
  const named = new Set(seats.map(({ row, number }) => `${row}/${number}`));
  const placed = new Set(seats.map(({ line, place }) => `${line}/${place}`));
  if (named.size < seats.length || placed.size < seats.length) {
    throw saleError('hall-seats-twice');
  }
}

/** Inside a batch. @throws GatehouseError `hall-name-taken` */
export function checkName(store: Store, id: string, name: string): void {
  const taken = store.prepare('select 1 from halls where name = ? and id <> ?').get(name, id);
  if (taken) throw saleError('hall-name-taken', { name });
}

/**
 * Inside a batch: makes the seats of a hall those of a plan. A seat with the same row and number is
 * the same seat, and stays in all orders; what is sold, held or blocked in a performance to come
 * can neither go nor change its rank.
 * @throws GatehouseError `hall-seats-taken`
 */
export function putSeats(
  { store, random }: { store: Store; random: Random },
  old: Hall,
  plan: HallPlan,
  now: Moment,
): void {
  const known = new Map(old.seats.map((seat) => [nameOf(seat), seat]));
  const kept = new Map(plan.seats.map((seat) => [nameOf(seat), seat]));
  const gone = old.seats.filter((seat) => !kept.has(nameOf(seat)));
  const reranked = old.seats.filter((seat) => {
    const next = kept.get(nameOf(seat));
    return next !== undefined && next.rank !== seat.rank;
  });
  checkFree(store, old.id, [...gone, ...reranked], now);
  putRanks(store, old.id, plan.ranks);
  remove(store, gone);
  // Each place of the hall is one seat's: all step aside before any takes its new one.
  store.prepare('update hall_seats set line = -1 - line where hall = ?').run(old.id);
  const move = store.prepare(`update hall_seats set rank = ?, line = ?, place = ?, wheelchair = ?,
    companion = ?, door = ? where id = ?`);
  const add = adder(store, random, old.id);
  for (const seat of plan.seats) {
    const same = known.get(nameOf(seat));
    if (!same) {
      add(seat);
      continue;
    }
    const { rank, line, place, wheelchair, companion, door } = seat;
    move.run(rank, line, place, wheelchair ? 1 : 0, companion ? 1 : 0, door, same.id);
  }
}

function checkFree(store: Store, hall: string, seats: readonly Seat[], now: Moment): void {
  if (seats.length === 0) return;
  const taken = new Set(
    [TAKEN, BY_HAND].flatMap((text) =>
      rowsOf<Pick<Seat, 'row' | 'number'>>(store.prepare(text), hall, now).map(nameOf),
    ),
  );
  const stuck = seats.map(nameOf).filter((name) => taken.has(name));
  if (stuck.length === 0) return;
  const more = stuck.length > NAMED_MAX ? [`+${stuck.length - NAMED_MAX}`] : [];
  throw saleError('hall-seats-taken', {
    seats: [...stuck.slice(0, NAMED_MAX), ...more].join(', '),
  });
}

/** Performances that are over keep how many places were taken, and orders their rows and numbers. */
function remove(store: Store, gone: readonly Seat[]): void {
  const letGo = store.prepare('update places set seat = null where seat = ?');
  const drop = store.prepare('delete from hall_seats where id = ?');
  for (const { id } of gone) {
    letGo.run(id);
    drop.run(id);
  }
}

/** Inside a batch: sets all ranks of a hall, the best first. */
export function putRanks(store: Store, hall: string, ranks: HallPlan['ranks']): void {
  store.prepare('delete from hall_ranks where hall = ?').run(hall);
  const rank = store.prepare('insert into hall_ranks values (?, ?, ?, ?)');
  for (const [position, one] of ranks.entries()) rank.run(hall, one.id, one.name, position);
}

/** Inside a batch: adds seats to a hall, one by one. */
export function adder(store: Store, random: Random, hall: string): (seat: PlannedSeat) => void {
  const insert = store.prepare(
    `insert into hall_seats (id, hall, rank, row, number, line, place, wheelchair, companion, door)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return ({ rank, row, number, line, place, wheelchair, companion, door }) => {
    const marks = [wheelchair ? 1 : 0, companion ? 1 : 0] as const;
    insert.run(hex(random(8)), hall, rank, row, number, line, place, ...marks, door);
  };
}
