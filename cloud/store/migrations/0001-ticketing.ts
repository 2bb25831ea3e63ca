import { type Kysely, sql } from 'kysely';

export const name = '0001-ticketing';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create table tenants (
    id text primary key,
    venue_key blob not null
  ) strict`,
  `create table api_tokens (
    digest text primary key,
    name text not null,
    role text not null check (role in ('administrator', 'reader')),
    created integer not null
  ) strict`,
  `create table counters (
    name text primary key,
    value integer not null
  ) strict`,
  `insert into counters (name, value) values ('change', 0)`,
  `create table productions (
    id text primary key,
    title text not null,
    created integer not null
  ) strict`,
  `create table performances (
    id text primary key,
    production text not null references productions (id),
    hall text not null,
    starts integer not null,
    ends integer,
    opens integer,
    closes integer,
    secure integer not null,
    re_entry integer not null,
    capacity integer,
    offline text not null check (offline in ('refuse', 'staff', 'verify')),
    stale_phone text not null check (stale_phone in ('refuse', 'staff', 'admit')),
    inside integer not null default 0,
    created integer not null
  ) strict`,
  `create index performances_starts on performances (starts)`,
  `create table tickets (
    id text primary key,
    kind text not null check (kind in ('regular', 'secure')),
    performance text not null references performances (id),
    digest text unique,
    handle text unique,
    generation integer not null default 0,
    status text not null,
    uses integer not null,
    used integer not null default 0,
    inside integer not null default 0,
    burnt integer,
    last_use_at integer,
    last_use_lane text,
    recent_scans text not null default '[]',
    entrances text not null default '[]',
    label text not null default '{}',
    change integer not null,
    created integer not null
  ) strict`,
  `create unique index tickets_change on tickets (change)`,
  `create index tickets_performance on tickets (performance, id)`,
  `create table ticket_keys (
    ticket text not null references tickets (id),
    generation integer not null,
    spki blob not null,
    created integer not null,
    primary key (ticket, generation)
  ) strict`,
  `create table beacons (
    slot integer primary key,
    value blob not null
  ) strict`,
];
