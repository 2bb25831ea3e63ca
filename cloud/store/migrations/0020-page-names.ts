import { type Kysely, sql } from 'kysely';

export const name = '0020-page-names';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // One row: which authority and DNS give pages of gateways public names, and our account there.
  `create table page_name_settings (
    id integer primary key check (id = 1),
    settings text not null,
    secret text not null,
    account text,
    ordered text not null
  ) strict`,
  // What each gateway asks for its pages, and what it got.
  `create table page_names (
    gateway text primary key,
    name text not null,
    address text,
    told_address text,
    request text,
    chain text,
    ends integer,
    tries integer not null,
    next_at integer not null,
    ordered_at integer,
    fault text,
    answer text
  ) strict, without rowid`,
];
