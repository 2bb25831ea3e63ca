import { type Kysely, sql } from 'kysely';

export const name = '0007-findings';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // Sequences that a gateway has lost and will never send.
  `create table journal_gaps (
    gateway text not null,
    epoch text not null,
    from_seq integer not null,
    to_seq integer not null,
    why text not null,
    at integer not null,
    received integer not null,
    primary key (gateway, epoch, from_seq, to_seq)
  ) strict, without rowid`,
  // From when to when each start of a gateway wrote rows, where its clock could be trusted.
  `create table journal_spans (
    gateway text not null,
    epoch text not null,
    first_at integer not null,
    last_at integer not null,
    primary key (gateway, epoch)
  ) strict, without rowid`,
  // Two starts of one identity that ran at the same time.
  `create table gateway_clones (
    gateway text not null,
    one text not null,
    other text not null,
    evidence text not null check (evidence in ('journal', 'heartbeat')),
    found integer not null,
    latest integer not null,
    primary key (gateway, one, other)
  ) strict, without rowid`,
];
