import { type Kysely, sql } from 'kysely';

export const name = '0015-series';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // A new performance of a series starts from the settings of its pattern.
  `create table series (
    id text primary key,
    name text not null unique,
    pattern text not null references performances (id),
    created integer not null
  ) strict`,
  `insert into series (id, name, pattern, created)
    select s.series, o.title || ' ' || s.series, min(s.performance), 0 from performance_sales s
    join performances p on p.id = s.performance join productions o on o.id = p.production
    where s.series is not null group by s.series`,
  `create index performance_sales_series on performance_sales (series) where series is not null`,
  // Sold along with tickets: a programme booklet, a drink.
  `create table extras (
    id text primary key,
    performance text not null references performances (id),
    name text not null,
    cents integer not null,
    most integer not null,
    stock integer,
    position integer not null
  ) strict`,
  `create index extras_performance on extras (performance, position)`,
  `create table basket_extras (
    basket text not null references baskets (digest) on delete cascade,
    extra text not null references extras (id) on delete cascade,
    count integer not null,
    cents integer not null,
    primary key (basket, extra)
  ) strict`,
  `create index basket_extras_extra on basket_extras (extra)`,
  `alter table order_charges add column extra text`,
  `alter table order_charges add column count integer not null default 1`,
  `create index order_charges_extra on order_charges (extra) where extra is not null`,
  // When its guest's account was removed; the number goes when the performance is over.
  `alter table orders add column forgotten integer`,
  `create index orders_forgotten on orders (forgotten) where phone is not null`,
];
