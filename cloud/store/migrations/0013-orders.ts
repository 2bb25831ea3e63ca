import { type Kysely, sql } from 'kysely';

export const name = '0013-orders';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const HALLS = [
  `create table halls (
    id text primary key,
    name text not null unique,
    created integer not null
  ) strict`,
  `create table hall_ranks (
    hall text not null references halls (id),
    id text not null,
    name text not null,
    position integer not null,
    primary key (hall, id)
  ) strict`,
  // A line counts from the front, a place along its line; a missing place is an aisle.
  `create table hall_seats (
    id text primary key,
    hall text not null references halls (id),
    rank text not null,
    row text not null,
    number text not null,
    line integer not null,
    place integer not null,
    wheelchair integer not null default 0,
    companion integer not null default 0,
    door text,
    unique (hall, line, place),
    unique (hall, row, number)
  ) strict`,
];

const SALE = [
  `create table performance_sales (
    performance text primary key references performances (id),
    plan text references halls (id),
    open integer not null default 0,
    sale_from integer,
    sale_until integer,
    guest_max integer,
    basket_max integer not null,
    hold_minutes integer not null,
    price_text text not null default '',
    national_number text unique,
    series text,
    list_before_minutes integer not null,
    code_before_minutes integer not null
  ) strict`,
  `create table ticket_types (
    id text primary key,
    performance text not null references performances (id),
    name text not null,
    kind text check (kind in ('normal', 'discount', 'free', 'other')),
    kind_reason text not null default '',
    staff_only integer not null default 0,
    position integer not null
  ) strict`,
  `create index ticket_types_performance on ticket_types (performance, position)`,
  // A price holds from its moment on, until one with a later moment does.
  `create table prices (
    type text not null references ticket_types (id) on delete cascade,
    rank text not null,
    valid_from integer not null,
    cents integer not null,
    primary key (type, rank, valid_from)
  ) strict`,
  `create table surcharges (
    id text primary key,
    performance text references performances (id),
    name text not null,
    per text not null check (per in ('ticket', 'order')),
    cents integer not null
  ) strict`,
  `create table baskets (
    digest text primary key,
    account text,
    phone text,
    channel text not null,
    until integer not null,
    ordered text,
    created integer not null
  ) strict`,
  `create index baskets_until on baskets (until)`,
  // Every place that cannot be sold: held by a basket, taken by an order, or blocked.
  `create table places (
    id text primary key,
    performance text not null references performances (id),
    seat text references hall_seats (id),
    rank text not null,
    state text not null check (state in ('held', 'ordered', 'blocked')),
    type text,
    basket text,
    order_id text,
    until integer,
    block text check (block in ('good', 'conditional')),
    reason text,
    value integer,
    created integer not null
  ) strict`,
  `create unique index places_seat on places (performance, seat) where seat is not null`,
  `create index places_performance on places (performance, state)`,
  `create index places_basket on places (basket) where basket is not null`,
  `create index places_order on places (order_id) where order_id is not null`,
  `create index places_until on places (until) where until is not null`,
  `create table sale_channels (
    digest text primary key,
    name text not null,
    kind text not null check (kind in ('kiosk')),
    created integer not null
  ) strict`,
];

const ORDERS = [
  `create table orders (
    id text primary key,
    number text not null unique,
    digest text not null unique,
    client_key text not null unique,
    basket text unique,
    account text,
    phone text,
    name text not null,
    email text not null,
    contact_phone text not null default '',
    language text not null,
    channel text not null,
    state text not null check (state in
      ('option', 'awaiting-payment', 'confirmed', 'cancelled', 'expired', 'refunded')),
    delivery text not null check (delivery in ('e-ticket', 'hard-copy', 'pick-up', 'post')),
    total integer not null,
    note text not null default '',
    placed_by text,
    reason text,
    expires integer,
    created integer not null,
    changed integer not null,
    confirmed integer
  ) strict`,
  `create index orders_state on orders (state, expires)`,
  `create index orders_account on orders (account) where account is not null`,
  `create index orders_phone on orders (phone) where phone is not null`,
  `create index orders_email on orders (email)`,
  `create index orders_created on orders (created)`,
  `create table order_items (
    id text primary key,
    order_id text not null references orders (id),
    performance text not null references performances (id),
    seat text,
    rank text not null,
    type text not null,
    label text not null,
    secure integer not null,
    cents integer not null,
    state text not null check (state in ('active', 'cancelled', 'refunded')),
    ticket text unique,
    position integer not null
  ) strict`,
  `create index order_items_order on order_items (order_id, position)`,
  `create index order_items_performance on order_items (performance, state)`,
  `create table order_charges (
    order_id text not null references orders (id),
    position integer not null,
    name text not null,
    cents integer not null,
    primary key (order_id, position)
  ) strict`,
  `create table order_events (
    n integer primary key autoincrement,
    order_id text not null references orders (id),
    at integer not null,
    what text not null,
    by_whom text,
    reason text
  ) strict`,
  `create index order_events_order on order_events (order_id)`,
  `insert into counters (name, value) values ('order-number', 100000)`,
];

const PAYMENTS = [
  `create table payment_settings (
    tenant text primary key,
    value text not null
  ) strict`,
  `create table payments (
    id text primary key,
    order_id text not null references orders (id),
    provider text not null,
    reference text unique,
    cents integer not null,
    currency text not null,
    state text not null check (state in
      ('making', 'open', 'paid', 'failed', 'cancelled', 'expired', 'wrong')),
    checkout text,
    ask_at integer,
    asked integer not null default 0,
    created integer not null,
    changed integer not null
  ) strict`,
  `create index payments_order on payments (order_id)`,
  `create index payments_ask on payments (ask_at) where ask_at is not null`,
  `create table refunds (
    id text primary key,
    payment text not null references payments (id),
    order_id text not null,
    cents integer not null,
    currency text not null,
    reason text not null,
    state text not null check (state in ('waiting', 'sent', 'failed')),
    reference text,
    tries integer not null default 0,
    try_at integer,
    created integer not null,
    changed integer not null
  ) strict`,
  `create index refunds_try on refunds (try_at) where try_at is not null`,
];

const DELIVERY = [
  // Beside a secure ticket: whose phone shows it. No gateway is told of it.
  `alter table tickets add column phone text`,
  // Which code of its own making an order's ticket has; null where the code is not ours.
  `alter table tickets add column issue integer`,
  // How it was delivered last, and the ticket that a dead code stood for.
  `alter table tickets add column delivered text`,
  `alter table tickets add column replaced_by text`,
  `create index tickets_phone on tickets (phone) where phone is not null`,
  `create table deliveries (
    n integer primary key autoincrement,
    ticket text not null,
    performance text not null,
    order_id text,
    at integer not null,
    how text not null,
    kind text not null,
    made_regular integer not null,
    new_code integer not null,
    by_whom text not null,
    reason text not null,
    lane text
  ) strict`,
  `create index deliveries_ticket on deliveries (ticket)`,
  `create index deliveries_performance on deliveries (performance, made_regular)`,
  `create table delivery_jobs (
    id text primary key,
    performance text not null references performances (id),
    how text not null,
    state text not null check (state in ('running', 'done', 'stopped')),
    replace_code integer not null default 0,
    by_whom text not null,
    reason text not null,
    after text not null default '',
    total integer not null,
    delivered integer not null default 0,
    skipped integer not null default 0,
    created integer not null,
    changed integer not null
  ) strict`,
  `create table delivery_job_rows (
    job text not null references delivery_jobs (id),
    ticket text not null,
    outcome text not null,
    primary key (job, ticket)
  ) strict, without rowid`,
  `create table ticket_backgrounds (
    kind text primary key check (kind in ('standard', 'secure')),
    picture blob not null,
    changed integer not null
  ) strict`,
];

const STATEMENTS = [...HALLS, ...SALE, ...ORDERS, ...PAYMENTS, ...DELIVERY];
