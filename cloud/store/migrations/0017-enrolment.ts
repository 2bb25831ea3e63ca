import { type Kysely, sql } from 'kysely';

export const name = '0017-enrolment';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // SHA-256 of the claim that the typed code stands for, hex.
  `alter table config_codes add column typed text`,
  `create unique index config_codes_typed on config_codes (typed) where typed is not null`,
  // Gateways that come before this moment need no acceptance.
  `alter table config_codes add column waive_until integer`,
  // A use is kept for a device until then; null once it has come.
  `alter table gateways add column reserved_until integer`,
  // When it first connected, and when and by whom its key was compared and accepted.
  `alter table gateways add column activated integer`,
  `alter table gateways add column accepted integer`,
  `alter table gateways add column accepted_by text`,
  // The certificate that takes over once it has connected with it.
  `alter table gateways add column next_serial text`,
  `alter table gateways add column next_ends integer`,
  // What it has said of its configuration: the version it runs, and the one it refused and why.
  `alter table gateways add column applied integer not null default 0`,
  `alter table gateways add column refused integer`,
  `alter table gateways add column refused_code text`,
  `alter table gateways add column refused_fault text`,
  `update gateways set activated = created, accepted = created, applied = 1`,
];
