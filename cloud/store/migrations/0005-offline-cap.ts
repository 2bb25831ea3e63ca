import { type Kysely, sql } from 'kysely';

export const name = '0005-offline-cap';

export async function up(db: Kysely<unknown>): Promise<void> {
  // People per hour whom one gateway may admit without the cloud; null for no limit.
  await sql.raw('alter table performances add column offline_cap integer').execute(db);
}
