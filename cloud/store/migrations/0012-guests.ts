import { type Kysely, sql } from 'kysely';

export const name = '0012-guests';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create table accounts (
    id text primary key,
    tenant text not null,
    email text not null,
    name text,
    language text not null,
    password text,
    phone text,
    phone_verified integer,
    phone_limit_lifted integer,
    created integer not null,
    unique (tenant, email)
  ) strict`,
  'create index accounts_phone on accounts (tenant, phone) where phone_verified is not null',
  // Numbers that an account has asked codes for, as HMACs, for the limit of G1.
  `create table account_phones (
    account text not null references accounts (id) on delete cascade,
    number blob not null,
    asked integer not null,
    verified integer,
    primary key (account, number)
  ) strict, without rowid`,
  // One-time links in mails. No account is named where none is needed: nothing is looked up.
  `create table account_links (
    digest text primary key,
    tenant text not null,
    purpose text not null check (purpose in ('login', 'register', 'password', 'email')),
    email text not null,
    account text references accounts (id) on delete cascade,
    browser text not null,
    password text,
    language text not null,
    created integer not null,
    expires integer not null,
    used integer
  ) strict`,
  'create index account_links_email on account_links (tenant, email, created)',
  'create index account_links_created on account_links (created)',
  // Of guests and of staff; only the digest of what the browser holds.
  `create table sessions (
    digest text primary key,
    tenant text not null,
    kind text not null check (kind in ('guest', 'staff')),
    subject text not null,
    means text not null check (means in ('password', 'link', 'totp')),
    agent text not null,
    created integer not null,
    seen integer not null,
    authenticated integer not null,
    expires integer not null
  ) strict`,
  'create index sessions_subject on sessions (tenant, kind, subject)',
  'create index sessions_expires on sessions (expires)',
  // Wrong logins in a row, by an HMAC of what was typed, known or not.
  `create table login_failures (
    tenant text not null,
    kind text not null,
    subject text not null,
    failures integer not null,
    at integer not null,
    primary key (tenant, kind, subject)
  ) strict, without rowid`,
  'create index login_failures_at on login_failures (at)',
  `create table staff_accounts (
    id text primary key,
    tenant text not null,
    login text not null,
    name text not null,
    roles text not null,
    state text not null check (state in ('invited', 'active', 'disabled')),
    password text,
    totp_secret text not null,
    totp_step integer not null default 0,
    invitation text,
    invitation_expires integer,
    created integer not null,
    unique (tenant, login)
  ) strict`,
  `create table staff_recovery_codes (
    staff text not null references staff_accounts (id) on delete cascade,
    digest text not null,
    used integer,
    primary key (staff, digest)
  ) strict, without rowid`,
  // Who changed what and when; rows are only ever added.
  `create table audit (
    n integer primary key,
    tenant text not null,
    at integer not null,
    who text not null,
    who_name text not null,
    what text not null,
    subject text,
    details text not null
  ) strict`,
  'create index audit_at on audit (tenant, at)',
  'create index audit_subject on audit (tenant, subject)',
];
