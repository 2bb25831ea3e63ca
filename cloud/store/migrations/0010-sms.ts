import { type Kysely, sql } from 'kysely';

export const name = '0010-sms';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // What administrators set, as JSON: 'provider' with its secrets, 'limits' of codes.
  `create table sms_settings (
    tenant text not null,
    kind text not null check (kind in ('provider', 'limits')),
    value text not null,
    primary key (tenant, kind)
  ) strict, without rowid`,
  // No text and no whole number, but for a few minutes in the outbox.
  `create table sms_messages (
    reference text primary key,
    tenant text not null,
    provider text not null,
    purpose text not null,
    number_masked text not null,
    state text not null,
    failure text,
    raw_code text,
    provider_id text,
    parts integer not null,
    price text,
    made integer not null,
    changed integer not null,
    outbox_number text,
    outbox_text text
  ) strict`,
  'create index sms_messages_made on sms_messages (tenant, made)',
  'create index sms_messages_provider_id on sms_messages (provider, provider_id)',
  `create index sms_messages_outbox on sms_messages (made) where outbox_number is not null`,
  // What people have to look at: once a day for each code and subject.
  `create table sms_alarms (
    tenant text not null,
    code text not null,
    subject text not null,
    day integer not null,
    severity text not null check (severity in ('notice', 'alarm')),
    at integer not null,
    primary key (tenant, code, subject, day)
  ) strict, without rowid`,
  'create index sms_alarms_at on sms_alarms (tenant, at)',
  // The one code of a purpose and number that counts, as an HMAC.
  `create table phone_codes (
    tenant text not null,
    purpose text not null,
    number blob not null,
    code blob not null,
    send integer not null,
    expires integer not null,
    tries integer not null,
    primary key (tenant, purpose, number)
  ) strict, without rowid`,
  // Each code asked for and sent, for the limits; numbers and addresses only as HMACs.
  `create table phone_sends (
    id integer primary key,
    tenant text not null,
    at integer not null,
    number blob not null,
    prefix text not null,
    dialling text not null,
    address blob not null,
    network blob not null,
    entered integer not null default 0,
    failed integer not null default 0
  ) strict`,
  'create index phone_sends_number on phone_sends (tenant, number, at)',
  'create index phone_sends_address on phone_sends (tenant, address, at)',
  'create index phone_sends_network on phone_sends (tenant, network, at)',
  'create index phone_sends_prefix on phone_sends (tenant, prefix, at)',
  'create index phone_sends_dialling on phone_sends (tenant, dialling, at)',
  'create index phone_sends_at on phone_sends (tenant, at)',
  `create table phone_prefixes_blocked (
    tenant text not null,
    prefix text not null,
    until integer not null,
    primary key (tenant, prefix)
  ) strict, without rowid`,
  // Wrong codes in a row, over all codes of a number.
  `create table phone_failures (
    tenant text not null,
    number blob not null,
    failures integer not null,
    at integer not null,
    primary key (tenant, number)
  ) strict, without rowid`,
  // The one SMS that a rightful guest gets although a limit is reached.
  `create table phone_kept_back (
    tenant text not null,
    number blob not null,
    performance text not null,
    at integer not null,
    primary key (tenant, number, performance)
  ) strict, without rowid`,
];
