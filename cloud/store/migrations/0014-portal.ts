import { type Kysely, sql } from 'kysely';

export const name = '0014-portal';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // One session of a number at a time holds its tickets: the one that was not taken over.
  `create table portal_sessions (
    digest text primary key,
    phone text not null,
    spki blob not null,
    keys integer not null default 1,
    created integer not null,
    expires integer not null,
    taken_over integer
  ) strict`,
  'create index portal_sessions_phone on portal_sessions (phone)',
  'create index portal_sessions_expires on portal_sessions (expires)',
];
