import type { Transaction } from 'kysely';
import type { Database } from './database.ts';

/**
 * The next value of the counter that orders all changes gateways must hear of. It is taken inside
 * the transaction that makes the change; as there is one writing connection, values become visible
 * in their own order and a cursor can never pass one that is still open.
 */
export async function nextChange(step: Transaction<Database>, count = 1): Promise<number> {
  const row = await step
    .updateTable('counters')
    .set((column) => ({ value: column('value', '+', count) }))
    .where('name', '=', 'change')
    .returning('value')
    .executeTakeFirstOrThrow();
  return row.value;
}
