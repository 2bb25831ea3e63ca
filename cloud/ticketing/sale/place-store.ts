import type { Moment } from '@gatehouse/protocol';
import type { PlaceTable, Store } from '../../store/index.ts';
import type { Halls } from '../halls/hall-store.ts';
import { numberOf, rowsOf } from '../rows.ts';
import type { Sold } from './sale-store.ts';

/** What is free of a performance; never more than its capacity leaves (P1). */
export interface Free {
  /** Seats by id; empty for free seating. */
  readonly seats: ReadonlySet<string>;
  readonly count: number;
}

/** The places that cannot be sold; all that writes runs inside a batch of the store. */
export interface Places {
  /** Lets go of what was held too long. */
  sweep(now: Moment): void;
  free(sold: Sold, now: Moment, reader?: 'batch'): Free;
  add(place: Omit<PlaceTable, 'reason' | 'value' | 'block'> & Partial<PlaceTable>): void;
  ofBasket(basket: string, reader?: 'batch'): PlaceTable[];
  ofPerformance(performance: string): PlaceTable[];
  blocksOf(performance: string): PlaceTable[];
  remove(id: string): void;
  letGoOfBasket(basket: string): void;
  letGoOfOrder(order: string): void;
  /** One place of an order, such as this one. */
  letGoOfOne(order: string, like: Pick<PlaceTable, 'performance' | 'seat' | 'rank'>): void;
  /** A basket's places become an order's. */
  order(basket: string, order: string, until: Moment | null): void;
  /** An order keeps its places for good. */
  keep(order: string): void;
  hold(basket: string, until: Moment): void;
}

/** Tickets that no order made, by hand or by import: each takes what is left of the capacity. */
const LOOSE = `select json_extract(label, '$.row') as row, json_extract(label, '$.seat') as number,
  count(*) as count from tickets t where t.performance = ? and t.replaced_by is null
  and t.status not in ('cancelled', 'taken-back')
  and not exists (select 1 from order_items i where i.ticket = t.id) group by 1, 2`;

interface LooseRow {
  row: string | null;
  number: string | null;
  count: number;
}

const COLUMNS = `id, performance, seat, rank, state, type, basket, order_id, until, block, reason,
  value, created`;

export function createPlaces(store: Store, halls: Halls): Places {
  const OF = 'select * from places where performance = ?';
  const taken = { read: store.prepareRead(OF), batch: store.prepare(OF) };
  const loose = { read: store.prepareRead(LOOSE), batch: store.prepare(LOOSE) };
  const OF_BASKET = 'select * from places where basket = ? order by created, id';
  const basket = { read: store.prepareRead(OF_BASKET), batch: store.prepare(OF_BASKET) };
  const blocks = store.prepareRead(`${OF} and state = 'blocked'`);
  const write = {
    sweep: store.prepare('delete from places where until <= ?'),
    add: store.prepare(`insert into places (${COLUMNS}) values (?,?,?,?,?,?,?,?,?,?,?,?,?)`),
    remove: store.prepare('delete from places where id = ?'),
    basket: store.prepare('delete from places where basket = ?'),
    order: store.prepare('delete from places where order_id = ?'),
    one: store.prepare(`delete from places where id = (select id from places where order_id = ?
      and performance = ? and seat is ? and rank is ? limit 1)`),
    toOrder: store.prepare(
      `update places set state = 'ordered', order_id = ?, until = ?, basket = null
       where basket = ?`,
    ),
    keep: store.prepare('update places set until = null where order_id = ?'),
    hold: store.prepare('update places set until = ? where basket = ?'),
  };
  return {
    sweep: (now) => void write.sweep.run(now),
    free(sold, now, reader = undefined) {
      const rows = rowsOf<PlaceTable>(reader ? taken.batch : taken.read, sold.performance);
      const gone = rows.filter(({ until }) => until === null || until > now);
      const handMade = rowsOf<LooseRow>(reader ? loose.batch : loose.read, sold.performance);
      const made = handMade.reduce((sum, { count }) => sum + count, 0);
      const room = sold.capacity === null ? null : sold.capacity - gone.length - made;
      if (sold.plan === null) return { seats: new Set(), count: Math.max(0, room ?? 0) };
      const ids = new Set(gone.map(({ seat }) => seat));
      // A seat that stands on such a ticket is somebody's.
      const named = new Set(handMade.map(({ row, number }) => JSON.stringify([row, number])));
      const seats = new Set(
        halls
          .find(sold.plan)
          .seats.filter(({ row, number }) => !named.has(JSON.stringify([row, number])))
          .map(({ id }) => id)
          .filter((id) => !ids.has(id)),
      );
      return { seats, count: Math.max(0, Math.min(seats.size, room ?? seats.size)) };
    },
    add(place) {
      const { id, performance, seat, rank, state, type, order_id, until, created } = place;
      write.add.run(
        ...[id, performance, seat, rank, state, type, place.basket, order_id, until],
        ...[place.block ?? null, place.reason ?? null, place.value ?? null, created],
      );
    },
    ofBasket: (digest, reader) => rowsOf<PlaceTable>(reader ? basket.batch : basket.read, digest),
    ofPerformance: (performance) => rowsOf(taken.read, performance),
    blocksOf: (performance) => rowsOf(blocks, performance),
    remove: (id) => void write.remove.run(id),
    letGoOfBasket: (digest) => void write.basket.run(digest),
    letGoOfOrder: (order) => void write.order.run(order),
    letGoOfOne: (order, { performance, seat, rank }) =>
      void write.one.run(order, performance, seat, rank),
    order: (digest, order, until) => void write.toOrder.run(order, until, digest),
    keep: (order) => void write.keep.run(order),
    hold: (digest, until) => void write.hold.run(until, digest),
  };
}

/** Tickets of a performance that a guest has in orders, by account or number (P12). */
export function createTaken(store: Store) {
  const statement = store.prepare(
    `select count(*) from order_items i join orders o on o.id = i.order_id
     where i.performance = ? and i.state = 'active'
     and o.state in ('option', 'awaiting-payment', 'confirmed')
     and (o.account = ? or o.phone = ?)`,
  );
  return (performance: string, account: string | null, phone: string | null) =>
    numberOf(statement, performance, account, phone);
}
