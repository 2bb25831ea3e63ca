import type { Kysely, Transaction } from 'kysely';
import type { Database, MailOutboxTable, Store } from '../store/index.ts';

export type NewMail = Pick<
  MailOutboxTable,
  'id' | 'key' | 'template' | 'language' | 'address' | 'data' | 'attachments' | 'until'
>;

const COLUMNS = [
  ...['id', 'key', 'template', 'language', 'address', 'data', 'attachments', 'state'],
  ...['next_at', 'until', 'created', 'changed'],
];

/** Puts a mail into the queue unless its key is known; part of the caller's transaction if given. */
export async function addMail(
  step: Kysely<Database> | Transaction<Database>,
  mail: NewMail,
  now: number,
): Promise<void> {
  await step
    .insertInto('mail_outbox')
    .values({ ...mail, ...fresh(now) })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
}

/** The same for use inside `store.batch`. */
export function mailAdder(store: Store): (mail: NewMail, now: number) => void {
  const insert = store.prepare(
    `insert into mail_outbox (${COLUMNS.join(', ')}, tries, unsure)
     values (${COLUMNS.map(() => '?').join(', ')}, 0, 0) on conflict (key) do nothing`,
  );
  return (mail, now) => {
    const row = { ...mail, ...fresh(now) } as Record<string, string | number | null>;
    insert.run(...COLUMNS.map((column) => row[column] ?? null));
  };
}

function fresh(now: number) {
  return {
    state: 'queued' as const,
    next_at: now,
    tries: 0,
    unsure: 0,
    created: now,
    changed: now,
  };
}

/** Whether at least `count` mails wait. */
export async function waitsAtLeast(store: Store, count: number): Promise<boolean> {
  const row = await store.read
    .selectFrom('mail_outbox')
    .select('id')
    .where('state', '=', 'queued')
    .limit(1)
    .offset(count - 1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Mails that were on their way when the cloud ended: their answers are lost. */
export async function requeueInterrupted(store: Store, now: number): Promise<number> {
  const { numUpdatedRows } = await store.db
    .updateTable('mail_outbox')
    .set((column) => ({
      ...{ state: 'queued', next_at: now, changed: now, fault: 'mail-unsure' },
      unsure: column('unsure', '+', 1),
    }))
    .where('state', '=', 'sending')
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

/** Takes the mail that has been due longest; its Message-ID is the same at every try. */
export async function claimMail(
  store: Store,
  now: number,
  domain: string,
): Promise<MailOutboxTable | undefined> {
  return store.db
    .updateTable('mail_outbox')
    .set((column) => ({
      ...{ state: 'sending', changed: now },
      tries: column('tries', '+', 1),
      message_id: column.fn.coalesce(
        'message_id',
        column.fn<string>('concat', [column.val('<'), column.ref('id'), column.val(`@${domain}>`)]),
      ),
    }))
    .where('id', '=', (inner) =>
      inner
        .selectFrom('mail_outbox')
        .select('id')
        .where('state', '=', 'queued')
        .where('next_at', '<=', now)
        .orderBy('next_at')
        .orderBy('id')
        .limit(1),
    )
    .returningAll()
    .executeTakeFirst();
}

export async function changeMail(
  store: Store,
  id: string,
  change: Partial<MailOutboxTable>,
): Promise<void> {
  await store.db.updateTable('mail_outbox').set(change).where('id', '=', id).execute();
}

/** When the next mail is due, if one waits. */
export async function nextDue(store: Store): Promise<number | undefined> {
  const row = await store.db
    .selectFrom('mail_outbox')
    .select('next_at')
    .where('state', '=', 'queued')
    .orderBy('next_at')
    .limit(1)
    .executeTakeFirst();
  return row?.next_at;
}

/** All waiting mails are due now; after the settings of the mail server have changed. */
export async function makeDue(store: Store, now: number): Promise<void> {
  await store.db
    .updateTable('mail_outbox')
    .set({ next_at: now })
    .where('state', '=', 'queued')
    .where('next_at', '>', now)
    .execute();
}

export interface MailQuery {
  readonly state?: MailOutboxTable['state'] | undefined;
  /** Only mails before this one of an earlier page. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function listMails(store: Store, query: MailQuery): Promise<MailOutboxTable[]> {
  let rows = store.read.selectFrom('mail_outbox').selectAll();
  if (query.state) rows = rows.where('state', '=', query.state);
  const last = query.before === undefined ? undefined : await findMail(store, query.before);
  if (last) {
    rows = rows.where(({ eb, or, and }) =>
      or([
        eb('created', '<', last.created),
        and([eb('created', '=', last.created), eb('id', '<', last.id)]),
      ]),
    );
  }
  return rows.orderBy('created', 'desc').orderBy('id', 'desc').limit(query.limit).execute();
}

export async function findMail(store: Store, id: string): Promise<MailOutboxTable | undefined> {
  return store.read.selectFrom('mail_outbox').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function countMails(store: Store): Promise<Record<MailOutboxTable['state'], number>> {
  const rows = await store.read
    .selectFrom('mail_outbox')
    .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute();
  const none = { queued: 0, sending: 0, sent: 0, failed: 0, held: 0 };
  return Object.assign(none, Object.fromEntries(rows.map(({ state, count }) => [state, count])));
}

/** The newest fault of a mail that waits or failed. */
export async function lastFault(store: Store) {
  return store.read
    .selectFrom('mail_outbox')
    .select(['fault', 'answer', 'changed'])
    .where('fault', 'is not', null)
    .where('state', 'in', ['queued', 'failed'])
    .orderBy('changed', 'desc')
    .limit(1)
    .executeTakeFirst();
}
