import { type Kysely, sql } from 'kysely';

export const name = '0011-mail';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // Mails in the order of their queue. What they say goes before the row does.
  `create table mail_outbox (
    id text primary key,
    key text not null unique,
    template text not null,
    language text not null,
    address text,
    data text,
    attachments text not null,
    state text not null check (state in ('queued', 'sending', 'sent', 'failed', 'held')),
    tries integer not null default 0,
    unsure integer not null default 0,
    next_at integer not null,
    until integer,
    created integer not null,
    changed integer not null,
    message_id text,
    subject text,
    fault text,
    answer text
  ) strict, without rowid`,
  'create index mail_outbox_due on mail_outbox (state, next_at)',
  'create index mail_outbox_created on mail_outbox (created, id)',
  // Templates that differ from the shipped ones.
  `create table mail_templates (
    name text not null,
    language text not null,
    subject text not null,
    html text not null,
    text text,
    saved integer not null,
    primary key (name, language)
  ) strict, without rowid`,
  // Explanation texts of the shop, sanitised.
  `create table explanation_texts (
    name text not null,
    language text not null,
    html text not null,
    saved integer not null,
    primary key (name, language)
  ) strict, without rowid`,
  // One row: the mail server and what mails say of the theatre.
  `create table mail_settings (
    id integer primary key check (id = 1),
    server text,
    password text,
    theater text not null
  ) strict`,
];
