import type { Moment } from '@gatehouse/protocol';
import type { Also } from '../change-log.ts';
import type { PageNameTable, Store } from '../store/index.ts';
import type { AcmeAccount } from './acme.ts';
import { PageNameSettings, type PageNameSettingsData } from './settings.ts';

/** Settings with what goes with them. */
export interface KeptPageNames {
  readonly settings: PageNameSettingsData;
  readonly secret: string;
  readonly account: AcmeAccount | undefined;
  /** When certificates were ordered. */
  readonly ordered: readonly Moment[];
}

export async function readPageNames(store: Store): Promise<KeptPageNames | undefined> {
  const row = await store.db.selectFrom('page_name_settings').selectAll().executeTakeFirst();
  if (!row) return undefined;
  return {
    settings: PageNameSettings.parse(JSON.parse(row.settings)),
    secret: row.secret,
    account: row.account === null ? undefined : (JSON.parse(row.account) as AcmeAccount),
    ordered: JSON.parse(row.ordered) as Moment[],
  };
}

/** Keeps settings, or forgets them; account and orders stay as they are while they are there. */
export async function writePageNames(
  store: Store,
  next: { settings: PageNameSettingsData; secret: string } | null,
  also?: Also<object>,
): Promise<void> {
  await store.db.transaction().execute(async (step) => {
    const known = await step.selectFrom('page_name_settings').selectAll().executeTakeFirst();
    if (next) {
      const row = { settings: JSON.stringify(next.settings), secret: next.secret };
      await step
        .insertInto('page_name_settings')
        .values({ id: 1, ...row, account: null, ordered: '[]' })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
        .execute();
    } else await step.deleteFrom('page_name_settings').execute();
    const isNew = next !== null && next.secret !== known?.secret;
    also?.(known ? JSON.parse(known.settings) : {}, {
      ...next?.settings,
      ...(isNew ? { secret: 'changed' } : {}),
    });
  });
}

export async function noteAccount(store: Store, account: AcmeAccount): Promise<void> {
  await store.db
    .updateTable('page_name_settings')
    .set({ account: JSON.stringify(account) })
    .execute();
}

export async function noteOrdered(store: Store, ordered: readonly Moment[]): Promise<void> {
  await store.db
    .updateTable('page_name_settings')
    .set({ ordered: JSON.stringify(ordered) })
    .execute();
}

export function findName(store: Store, gateway: string): Promise<PageNameTable | undefined> {
  return store.db
    .selectFrom('page_names')
    .selectAll()
    .where('gateway', '=', gateway)
    .executeTakeFirst();
}

export function listNames(store: Store): Promise<PageNameTable[]> {
  return store.read.selectFrom('page_names').selectAll().orderBy('gateway').execute();
}

/** Makes a row, or changes only these fields of it. */
export async function putName(
  store: Store,
  blank: PageNameTable,
  change: Partial<PageNameTable>,
): Promise<void> {
  await store.db
    .insertInto('page_names')
    .values({ ...blank, ...change })
    .onConflict((conflict) => conflict.column('gateway').doUpdateSet(change))
    .execute();
}

export async function noteTold(store: Store, gateway: string, address: string): Promise<void> {
  await store.db
    .updateTable('page_names')
    .set({ told_address: address, fault: null, answer: null })
    .where('gateway', '=', gateway)
    .execute();
}

export async function forgetName(store: Store, gateway: string): Promise<void> {
  await store.db.deleteFrom('page_names').where('gateway', '=', gateway).execute();
}

/** Changes a row, unless the gateway asks for something else by now. */
export async function changeName(
  store: Store,
  row: Pick<PageNameTable, 'gateway' | 'request'>,
  change: Partial<PageNameTable>,
): Promise<void> {
  await store.db
    .updateTable('page_names')
    .set(change)
    .where('gateway', '=', row.gateway)
    .where('request', row.request === null ? 'is' : '=', row.request)
    .execute();
}

/** The name that has been due longest: its address is to be told, or its certificate ordered. */
export function dueName(store: Store, now: Moment): Promise<PageNameTable | undefined> {
  return store.db
    .selectFrom('page_names')
    .selectAll()
    .where('next_at', '<=', now)
    .where(({ eb, or, and, ref }) =>
      or([
        and([
          eb('address', 'is not', null),
          or([eb('told_address', 'is', null), eb('told_address', '!=', ref('address'))]),
        ]),
        and([eb('request', 'is not', null), eb('chain', 'is', null)]),
      ]),
    )
    .orderBy('next_at')
    .limit(1)
    .executeTakeFirst();
}
