import { type Kysely, sql } from 'kysely';

export const name = '0016-people-inside';

/** `inside` said whether anybody is; from here on it says how many people are inside on a ticket. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw('update tickets set inside = max(1, min(used, uses)) where inside = 1 and uses > 1')
    .execute(db);
  await sql
    .raw(
      `update performances set inside =
       (select coalesce(sum(inside), 0) from tickets where performance = performances.id)`,
    )
    .execute(db);
}
