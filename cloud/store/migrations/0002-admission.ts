import { type Kysely, sql } from 'kysely';

export const name = '0002-admission';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create table scans (
    n integer primary key autoincrement,
    gateway text not null,
    scan text not null,
    lane text not null,
    direction text not null,
    performance text,
    ticket text,
    decided_by text not null,
    verdict text,
    details text not null default '{}',
    answer text,
    slot integer,
    at integer not null,
    result text,
    result_at integer,
    conflict integer not null default 0,
    unique (gateway, scan)
  ) strict`,
  `create index scans_ticket on scans (ticket, n)`,
  `create index scans_performance on scans (performance, n)`,
  `create index scans_lane on scans (gateway, lane, n)`,
  `create index scans_result on scans (result_at)`,
  `create table grants (
    gateway text not null,
    scan text not null,
    lane text not null,
    direction text not null,
    ticket text not null,
    performance text not null,
    slot integer,
    passage_ms integer not null,
    granted integer not null,
    unsettled integer not null default 0,
    primary key (gateway, scan)
  ) strict`,
  `create index grants_ticket on grants (ticket)`,
  `create index grants_performance on grants (performance, direction)`,
  `create table scan_facts (
    gateway text not null,
    scan text not null,
    kind text not null check (kind in ('passed', 'released', 'cancel')),
    at integer not null,
    primary key (gateway, scan, kind)
  ) strict, without rowid`,
  `create table journal (
    gateway text not null,
    epoch text not null,
    seq integer not null,
    digest text not null,
    previous text not null,
    body text not null,
    received integer not null,
    parked text,
    primary key (gateway, epoch, seq, digest)
  ) strict, without rowid`,
  `create index journal_parked on journal (gateway, received) where parked is not null`,
  `create table journal_heads (
    gateway text not null,
    epoch text not null,
    up_to integer not null,
    digest text not null,
    primary key (gateway, epoch)
  ) strict, without rowid`,
];
