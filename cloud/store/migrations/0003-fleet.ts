import { type Kysely, sql } from 'kysely';

export const name = '0003-fleet';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create table config_codes (
    id text primary key,
    claim text not null unique,
    configuration text not null,
    uses integer not null check (uses > 0),
    used integer not null default 0 check (used <= uses),
    expires integer not null,
    revoked integer,
    created integer not null
  ) strict`,
  `create table gateways (
    id text primary key,
    config_code text not null references config_codes (id),
    key_digest text not null,
    public_key blob not null,
    name text not null,
    venue text not null,
    entrance text not null,
    configuration text not null,
    hardware text not null,
    software text not null,
    certificate_serial text,
    certificate_ends integer,
    created integer not null,
    revoked integer,
    unique (config_code, key_digest)
  ) strict`,
];
