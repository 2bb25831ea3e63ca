import type { z } from 'zod';
import type { Random } from '../../ports.ts';
import type { HallRankTable, HallSeatTable, HallTable, Store } from '../../store/index.ts';
import { rowOf, rowsOf } from '../rows.ts';
import { saleError } from '../sale-errors.ts';
import type { Hall, HallChange, NewHall, Seat } from './hall.ts';
import { adder, checkName, checkOnce, putRanks, putSeats } from './hall-change.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Halls with their seats. Seats that are sold stay: orders name them. */
export interface Halls {
  /** @throws GatehouseError `hall-name-taken`, `hall-seats-twice` */
  add(hall: z.infer<typeof NewHall>, now: number, also?: (id: string) => void): Promise<Hall>;
  list(): { id: string; name: string; seats: number }[];
  /** @throws GatehouseError `hall-unknown` */
  find(id: string): Hall;
  /** @throws GatehouseError `hall-unknown`, `hall-name-taken`, `hall-seats-twice`, `hall-seats-taken` */
  change(
    id: string,
    change: z.infer<typeof HallChange>,
    now: number,
    also?: (old: Hall) => void,
  ): Promise<Hall>;
  /** @throws GatehouseError `hall-unknown`, `hall-in-use` */
  remove(id: string, also?: (old: Hall) => void): Promise<void>;
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
    async add(hall, now, also) {
      checkOnce(hall);
      const id = hex(random(8));
      await store.batch(() => {
        insert(store, random, id, hall, now);
        also?.(id);
      });
      return find(id);
    },
    list: () => rowsOf(read.list),
    find,
    async change(id, { name, plan }, now, also) {
      if (plan) checkOnce(plan);
      await store.batch(() => {
        const old = find(id);
        if (name !== undefined) {
          checkName(store, id, name);
          store.prepare('update halls set name = ? where id = ?').run(name, id);
        }
        if (plan) putSeats({ store, random }, old, plan, now);
        also?.(old);
        // In the batch: nobody comes in between this and its commit, so the next one reads anew.
        known.delete(id);
      });
      return find(id);
    },
    async remove(id, also) {
      const old = find(id);
      await store.batch(() => {
        const used = store.prepare('select 1 from performance_sales where plan = ?').get(id);
        if (used) throw saleError('hall-in-use', { name: old.name });
        for (const table of ['hall_seats', 'hall_ranks']) {
          store.prepare(`delete from ${table} where hall = ?`).run(id);
        }
        store.prepare('delete from halls where id = ?').run(id);
        also?.(old);
      });
      known.delete(id);
    },
  };
}

function insert(
  store: Store,
  random: Random,
  id: string,
  hall: z.infer<typeof NewHall>,
  now: number,
): void {
  checkName(store, id, hall.name);
  store.prepare('insert into halls values (?, ?, ?)').run(id, hall.name, now);
  putRanks(store, id, hall.ranks);
  const add = adder(store, random, id);
  for (const seat of hall.seats) add(seat);
}

function seatOf(row: HallSeatTable): Seat {
  const { id, rank, row: label, number, line, place, door } = row;
  const marks = { wheelchair: row.wheelchair === 1, companion: row.companion === 1 };
  return { id, rank, row: label, number, line, place, door, ...marks };
}
