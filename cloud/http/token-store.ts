import type { ApiTokenTable, Store } from '../store/index.ts';

export type Role = ApiTokenTable['role'];

export async function addToken(store: Store, token: ApiTokenTable): Promise<void> {
  await store.db.insertInto('api_tokens').values(token).execute();
}

export async function countTokens(store: Store): Promise<number> {
  const row = await store.db
    .selectFrom('api_tokens')
    .select(({ fn }) => fn.countAll<number>().as('tokens'))
    .executeTakeFirstOrThrow();
  return row.tokens;
}

export async function roleOf(store: Store, digest: string): Promise<Role | undefined> {
  const row = await store.read
    .selectFrom('api_tokens')
    .select('role')
    .where('digest', '=', digest)
    .executeTakeFirst();
  return row?.role;
}
