import type { Moment } from '@gatehouse/protocol';
import type { z } from 'zod';
import type { Random } from '../../ports.ts';
import type {
  PerformanceSaleTable,
  PriceTable,
  Store,
  SurchargeTable,
  TicketTypeTable,
} from '../../store/index.ts';
import { numberOf, rowOf, rowsOf } from '../rows.ts';
import { saleError } from '../sale-errors.ts';
import type { Price, Surcharge } from './prices.ts';
import {
  BASKET_MAX,
  CODE_BEFORE_MINUTES,
  GUEST_MAX_SECURE,
  HOLD_MINUTES,
  LIST_BEFORE_MINUTES,
  type NewType,
  type SaleSettings,
  type SurchargeBody,
  type TicketType,
} from './sale.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** A performance with all that selling it takes. */
export interface Sold extends SaleSettings {
  readonly performance: string;
  readonly title: string;
  readonly hall: string;
  readonly starts: Moment;
  readonly ends: Moment | null;
  readonly secure: boolean;
  readonly capacity: number | null;
  readonly types: readonly TicketType[];
  readonly prices: readonly Price[];
}

type SaleRow = PerformanceSaleTable & {
  title: string;
  hall: string;
  starts: number;
  ends: number | null;
  secure: number;
  capacity: number | null;
};

/** Settings, ticket types and prices; `at` reads what a batch has just written. */
export interface SaleStore {
  /** One that has been set up for sale. */
  find(performance: string, reader?: 'batch'): Sold | undefined;
  /** All that are set up for sale and have not ended, by start. */
  list(after: Moment): Sold[];
  surcharges(performances: readonly string[]): Surcharge[];
  put(performance: string, settings: SaleSettings): void;
  putTypes(performance: string, types: readonly z.infer<typeof NewType>[], random: Random): void;
  putSurcharges(
    performance: string | null,
    list: z.infer<typeof SurchargeBody>['surcharges'],
    random: Random,
  ): void;
  hasPlaces(performance: string): boolean;
}

export function saleDefaults(secure: boolean): SaleSettings {
  return {
    plan: null,
    open: false,
    saleFrom: null,
    saleUntil: null,
    guestMax: secure ? GUEST_MAX_SECURE : null,
    basketMax: BASKET_MAX,
    holdMinutes: HOLD_MINUTES,
    priceText: '',
    nationalNumber: null,
    series: null,
    listBeforeMinutes: LIST_BEFORE_MINUTES,
    codeBeforeMinutes: CODE_BEFORE_MINUTES,
  };
}

const SALE = `select s.*, p.hall, p.starts, p.ends, p.secure, p.capacity, o.title
  from performance_sales s join performances p on p.id = s.performance
  join productions o on o.id = p.production`;
const TYPES = 'select * from ticket_types where performance = ? order by position';
const PRICES = `select prices.* from prices join ticket_types t on t.id = prices.type
  where t.performance = ? order by valid_from`;

export function createSaleStore(store: Store): SaleStore {
  const reading = statements((text) => store.prepareRead(text));
  const batched = statements((text) => store.prepare(text));
  const surcharges = store.prepareRead('select * from surcharges order by rowid');
  const list = store.prepareRead(`${SALE} where coalesce(p.ends, p.starts) >= ? order by p.starts`);
  return {
    find: (performance, reader) => (reader ? batched : reading).find(performance),
    list: (after) => rowsOf<SaleRow>(list, after).map((row) => reading.soldOf(row)),
    surcharges: (performances) =>
      rowsOf<SurchargeTable>(surcharges).filter(
        (one) => one.performance === null || performances.includes(one.performance),
      ),
    put: (performance, settings) => put(store, performance, settings),
    putTypes: (performance, types, random) => putTypes(store, performance, types, random),
    putSurcharges: (performance, rows, random) => {
      store.prepare('delete from surcharges where performance is ?').run(performance);
      const insert = store.prepare('insert into surcharges values (?, ?, ?, ?, ?)');
      for (const { name, per, cents } of rows) {
        insert.run(hex(random(8)), performance, name, per, cents);
      }
    },
    hasPlaces: (performance) =>
      numberOf(store.prepare('select count(*) from places where performance = ?'), performance) > 0,
  };
}

function statements(prepare: Store['prepare']) {
  const sale = prepare(`${SALE} where s.performance = ?`);
  const types = prepare(TYPES);
  const prices = prepare(PRICES);
  const soldOf = (row: SaleRow): Sold => ({
    ...settingsOf(row),
    performance: row.performance,
    title: row.title,
    hall: row.hall,
    starts: row.starts,
    ends: row.ends,
    secure: row.secure === 1,
    capacity: row.capacity,
    types: rowsOf<TicketTypeTable>(types, row.performance).map(typeOf),
    prices: rowsOf<PriceTable>(prices, row.performance).map(priceOf),
  });
  return {
    soldOf,
    find(performance: string) {
      const row = rowOf<SaleRow>(sale, performance);
      return row && soldOf(row);
    },
  };
}

function settingsOf(row: PerformanceSaleTable): SaleSettings {
  return {
    plan: row.plan,
    open: row.open === 1,
    saleFrom: row.sale_from,
    saleUntil: row.sale_until,
    guestMax: row.guest_max,
    basketMax: row.basket_max,
    holdMinutes: row.hold_minutes,
    priceText: row.price_text,
    nationalNumber: row.national_number,
    series: row.series,
    listBeforeMinutes: row.list_before_minutes,
    codeBeforeMinutes: row.code_before_minutes,
  };
}

function typeOf({ id, name, kind, kind_reason, staff_only }: TicketTypeTable): TicketType {
  return { id, name, kind, kindReason: kind_reason, staffOnly: staff_only === 1 };
}

function priceOf({ type, rank, valid_from, cents }: PriceTable): Price {
  return { type, rank, validFrom: valid_from, cents };
}

function put(store: Store, performance: string, one: SaleSettings): void {
  const other = store
    .prepare('select 1 from performance_sales where national_number = ? and performance <> ?')
    .get(one.nationalNumber, performance);
  if (other) throw saleError('national-number-taken');
  const columns = [
    ...[one.plan, one.open ? 1 : 0, one.saleFrom, one.saleUntil, one.guestMax, one.basketMax],
    ...[one.holdMinutes, one.priceText, one.nationalNumber, one.series],
    ...[one.listBeforeMinutes, one.codeBeforeMinutes],
  ];
  store
    .prepare(
      `insert or replace into performance_sales (performance, plan, open, sale_from, sale_until,
       guest_max, basket_max, hold_minutes, price_text, national_number, series,
       list_before_minutes, code_before_minutes) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(performance, ...columns);
}

function putTypes(
  store: Store,
  performance: string,
  types: readonly z.infer<typeof NewType>[],
  random: Random,
): void {
  const known = rowsOf<TicketTypeTable>(store.prepare(TYPES), performance);
  const used = store.prepare(
    `select 1 from order_items where type = ?1 union select 1 from places where type = ?1`,
  );
  for (const old of known.filter(({ id }) => !types.some((one) => one.id === id))) {
    if (used.get(old.id)) throw saleError('ticket-type-in-use', { name: old.name });
    store.prepare('delete from ticket_types where id = ?').run(old.id);
  }
  const upsert = store.prepare(
    `insert into ticket_types (id, performance, name, kind, kind_reason, staff_only, position)
     values (?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set name = excluded.name,
     kind = excluded.kind, kind_reason = excluded.kind_reason,
     staff_only = excluded.staff_only, position = excluded.position`,
  );
  const clear = store.prepare('delete from prices where type = ?');
  const price = store.prepare('insert or replace into prices values (?, ?, ?, ?)');
  for (const [position, one] of types.entries()) {
    const id = known.find((old) => old.id === one.id)?.id ?? hex(random(8));
    const { name, kind, kindReason, staffOnly } = one;
    upsert.run(id, performance, name, kind, kindReason, staffOnly ? 1 : 0, position);
    clear.run(id);
    for (const { rank, validFrom, cents } of one.prices) price.run(id, rank, validFrom, cents);
  }
}
