import { type Kysely, sql } from 'kysely';

export const name = '0006-peers';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // When the cloud last heard it, to the hour, and whether its peers should count on it.
  `alter table gateways add column heard integer not null default 0`,
  `alter table gateways add column active integer not null default 0`,
  // In which order heads have moved; the newest has the largest number.
  `alter table journal_heads add column moved integer not null default 0`,
  `create index journal_heads_moved on journal_heads (moved)`,
  // What the gateway knew of its peers when it decided: JSON, by gateway its epoch and sequence.
  `alter table scans add column split integer not null default 0`,
  `alter table scans add column unconfirmed integer not null default 0`,
  `alter table scans add column heard text`,
  // The row of its gateway's journal that says that somebody passed.
  `alter table scans add column epoch text`,
  `alter table scans add column seq integer`,
];
