import type { z } from 'zod';
import type { Random } from '../../ports.ts';
import type { HallRankTable, HallSeatTable, HallTable, Store } from '../../store/index.ts';
import { rowOf, rowsOf } from '../rows.ts';
import { saleError } from '../sale-errors.ts';
import type { Hall, NewHall, Seat } from './hall.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Halls with their seats. A hall that has seats keeps them: orders name them. */
export interface Halls {
  /** @throws GatehouseError `hall-name-taken`, `hall-seats-twice` */
  add(hall: z.infer<typeof NewHall>, now: number): Promise<Hall>;
  list(): { id: string; name: string; seats: number }[];
  /** @throws GatehouseError `hall-unknown` */
  find(id: string): Hall;
  /** @throws GatehouseError `hall-unknown`, `hall-in-use` */
  remove(id: string): Promise<void>;
}

export function createHalls({ store, random }: { store: Store; random: Random }): Halls {
  const known = new Map<string, Hall>();
  const read = {
    hall: store.prepareRead('select * from halls where id = ?'),
    ranks: store.prepareRead('select * from hall_ranks where hall = ? order by position'),
    seats: store.prepareRead('select * from hall_seats where hall = ? order by line, place'),
    list: store.prepareRead(
      `select id, name, (select count(*) from hall_seats s where s.hall = h.id) as seats
       from halls h order by name`,
    ),
  };
  const find = (id: string): Hall => {
    const kept = known.get(id);
    if (kept) return kept;
    const row = rowOf<HallTable>(read.hall, id);
    if (!row) throw saleError('hall-unknown', { id });
    const hall: Hall = {
      id,
      name: row.name,
      ranks: rowsOf<HallRankTable>(read.ranks, id).map((rank) => ({
        id: rank.id,
        name: rank.name,
      })),
      seats: rowsOf<HallSeatTable>(read.seats, id).map(seatOf),
    };
    known.set(id, hall);
    return hall;
  };
  return {
    async add(hall, now) {
      checkOnce(hall);
      const id = hex(random(8));
      await store.batch(() => insert(store, random, id, hall, now));
      return find(id);
    },
    list: () => rowsOf(read.list),
    find,
    async remove(id) {
      const { name } = find(id);
      await store.batch(() => {
        const used = store.prepare('select 1 from performance_sales where plan = ?').get(id);
        if (used) throw saleError('hall-in-use', { name });
        for (const table of ['hall_seats', 'hall_ranks']) {
          store.prepare(`delete from ${table} where hall = ?`).run(id);
        }
        store.prepare('delete from halls where id = ?').run(id);
      });
      known.delete(id);
    },
  };
}

function checkOnce({ seats }: z.infer<typeof NewHall>): void {
  const named = new Set(seats.map(({ row, number }) => `${row}/${number}`));
  const placed = new Set(seats.map(({ line, place }) => `${line}/${place}`));
  if (named.size < seats.length || placed.size < seats.length) {
    throw saleError('hall-seats-twice');
  }
}

function insert(
  store: Store,
  random: Random,
  id: string,
  hall: z.infer<typeof NewHall>,
  now: number,
): void {
  const taken = store.prepare('select id from halls where name = ?').get(hall.name);
  if (taken) throw saleError('hall-name-taken', { name: hall.name });
  store.prepare('insert into halls values (?, ?, ?)').run(id, hall.name, now);
  const rank = store.prepare('insert into hall_ranks values (?, ?, ?, ?)');
  for (const [position, one] of hall.ranks.entries()) rank.run(id, one.id, one.name, position);
  const seat = store.prepare(
    `insert into hall_seats (id, hall, rank, row, number, line, place, wheelchair, companion, door)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const one of hall.seats) {
    const { rank: of, row, number, line, place, wheelchair, companion, door } = one;
    const marks = [wheelchair ? 1 : 0, companion ? 1 : 0] as const;
    seat.run(hex(random(8)), id, of, row, number, line, place, ...marks, door);
  }
}

function seatOf(row: HallSeatTable): Seat {
  const { id, rank, row: label, number, line, place, door } = row;
  const marks = { wheelchair: row.wheelchair === 1, companion: row.companion === 1 };
  return { id, rank, row: label, number, line, place, door, ...marks };
}
