import type { ApiTokenTable, Store } from '../store/index.ts';

export type Role = ApiTokenTable['role'];

/** @param also in the same transaction */
export async function addToken(
  store: Store,
  token: ApiTokenTable,
  also?: () => void,
): Promise<void> {
  await store.db.transaction().execute(async (step) => {
    await step.insertInto('api_tokens').values(token).execute();
    also?.();
  });
}

export async function countTokens(store: Store): Promise<number> {
  const row = await store.db
    .selectFrom('api_tokens')
    .select(({ fn }) => fn.countAll<number>().as('tokens'))
    .executeTakeFirstOrThrow();
  return row.tokens;
}

/** Whose token it is. */
export type TokenOwner = Pick<ApiTokenTable, 'name' | 'role'>;

export function callerOf(store: Store, digest: string): Promise<TokenOwner | undefined> {
  return store.read
    .selectFrom('api_tokens')
    .select(['name', 'role'])
    .where('digest', '=', digest)
    .executeTakeFirst();
}

export function listTokens(store: Store): Promise<ApiTokenTable[]> {
  return store.read.selectFrom('api_tokens').selectAll().orderBy('created').execute();
}

/** Removes the token whose digest begins so, unless nobody could administer any more. */
export function removeToken(
  store: Store,
  id: string,
  also?: (old: ApiTokenTable) => void,
): Promise<'removed' | 'unknown' | 'last'> {
  return store.db.transaction().execute(async (step) => {
    const tokens = await step.selectFrom('api_tokens').selectAll().execute();
    const found = tokens.find(({ digest }) => digest.startsWith(id));
    if (!found) return 'unknown';
    const administrators = tokens.filter(({ role }) => role === 'administrator');
    if (found.role === 'administrator' && administrators.length === 1) return 'last';
    await step.deleteFrom('api_tokens').where('digest', '=', found.digest).execute();
    also?.(found);
    return 'removed';
  });
}
