import { type Kysely, sql } from 'kysely';

export const name = '0018-door-staff';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // Who may work at the doors of a venue; without a PIN they are there, and no gateway is told.
  `create table door_staff (
    id text not null primary key,
    venue text not null,
    name text not null,
    code text not null,
    code_key text not null,
    role text not null,
    pin text,
    created integer not null,
    unique (venue, code_key)
  ) strict`,
  // Version of a venue's list: every change makes it greater, also after a copy was brought back.
  `create table door_lists (
    venue text not null primary key,
    version integer not null
  ) strict`,
  // Handhelds that were lost; their gateways let them in no more.
  `create table lost_handhelds (
    venue text not null,
    handheld text not null,
    lost integer not null,
    primary key (venue, handheld)
  ) strict`,
];
