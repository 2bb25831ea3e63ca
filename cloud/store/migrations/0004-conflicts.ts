import { type Kysely, sql } from 'kysely';

export const name = '0004-conflicts';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // When the cloud heard of it, by its own clock; the clock of a gateway may be years off.
  `alter table scans add column received integer not null default 0`,
  `update scans set received = at`,
  // The ticket change that whoever decided knew, and the one that the passage made.
  `alter table scans add column cursor integer`,
  `alter table scans add column change integer`,
  `alter table scans add column generation integer`,
  // What the gateway knew of the time of the passage.
  `alter table scans add column uncertainty integer`,
  `alter table scans add column quality text`,
  `alter table scans add column boot text`,
  `alter table scans add column mono real`,
  `alter table scan_facts add column received integer not null default 0`,
  `update scan_facts set received = at`,
  `create index scan_facts_received on scan_facts (received)`,
  // All rows up to here were stored once; some may have been pruned since.
  `alter table journal_heads add column pruned_to integer not null default 0`,
  `insert into counters (name, value) values ('scans-pruned', 0)`,
  `alter table ticket_keys add column change integer not null default 0`,
  `create table ticket_statuses (
    ticket text not null references tickets (id),
    change integer not null,
    at integer not null,
    before text not null,
    after text not null,
    primary key (ticket, change)
  ) strict, without rowid`,
  `create table gateway_boots (
    gateway text not null,
    boot text not null,
    mono real not null,
    at integer not null,
    uncertainty integer not null,
    primary key (gateway, boot)
  ) strict, without rowid`,
  `create table conflicts (
    id integer primary key autoincrement,
    matter text not null check (matter in ('double', 'revoked')),
    ticket text not null,
    performance text not null,
    gateway text not null,
    scan text not null,
    other_gateway text,
    other_scan text,
    hold text,
    hold_at integer,
    hold_change integer,
    found integer not null,
    explained integer not null default 0,
    note text,
    handled_by text,
    handled_at integer,
    unique (gateway, scan, matter)
  ) strict`,
  `create index conflicts_ticket on conflicts (ticket)`,
  `create index conflicts_performance on conflicts (performance, id)`,
  `create index conflicts_other on conflicts (other_gateway, other_scan)`,
  `create index conflicts_open on conflicts (id) where handled_at is null`,
];
