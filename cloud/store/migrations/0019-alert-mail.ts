import { type Kysely, sql } from 'kysely';

export const name = '0019-alert-mail';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // One row: who gets mail about alerts, and when the last mails went.
  `create table alert_mail_settings (
    id integer primary key check (id = 1),
    settings text not null,
    mailed text not null
  ) strict`,
  // Alerts that were mailed; a restart of the cloud mails none of them again.
  `create table alerts_mailed (
    gateway text not null,
    alert text not null,
    name text not null,
    venue text not null,
    since integer not null,
    mailed integer not null,
    over integer,
    primary key (gateway, alert)
  ) strict, without rowid`,
];
