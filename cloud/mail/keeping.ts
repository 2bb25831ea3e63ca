import type { Store } from '../store/index.ts';
import { catalog } from './templates/catalog.ts';
import { TEMPLATE_NAMES } from './templates/data.ts';

const DAY_MS = 86_400_000;
/** How long what a mail says, and to whom, is kept after it was sent, failed or held. */
export const CONTENTS_KEPT_MS = 30 * DAY_MS;
/** How long it is kept that a mail was sent; until then its key cannot be used again. */
export const ROWS_KEPT_MS = 400 * DAY_MS;
/** How long administrators can read a held mail with a login link, where nothing is sent. */
export const SECRET_SHOWN_MS = 10 * 60_000;

/** Time between two rounds in which everything is looked through. */
export const FORGOTTEN_ALL_MS = 3_600_000;

/** Templates whose text lets its bearer in. */
export const SECRET_TEMPLATES = TEMPLATE_NAMES.filter(
  (name) => catalog[name].secretFor !== undefined,
);

const GONE = { address: null, data: null, subject: null, answer: null, attachments: '[]' };

/** Forgets what was kept long enough; gives how many mails it took something from. */
export async function forgetMails(store: Store, now: number): Promise<number> {
  const ended = ['sent', 'failed', 'held'] as const;
  const contents = await store.db
    .updateTable('mail_outbox')
    .set(GONE)
    .where('state', 'in', ended)
    .where('changed', '<=', now - CONTENTS_KEPT_MS)
    .where('address', 'is not', null)
    .executeTakeFirstOrThrow();
  const rows = await store.db
    .deleteFrom('mail_outbox')
    .where('state', 'in', ended)
    .where('changed', '<=', now - ROWS_KEPT_MS)
    .executeTakeFirstOrThrow();
  const secrets = await forgetSecrets(store, now);
  return Number(contents.numUpdatedRows) + Number(rows.numDeletedRows) + secrets;
}

/** Takes the text of held mails with a login link. */
export async function forgetSecrets(store: Store, now: number): Promise<number> {
  const { numUpdatedRows } = await store.db
    .updateTable('mail_outbox')
    .set({ data: null })
    .where('state', '=', 'held')
    .where('template', 'in', SECRET_TEMPLATES)
    .where('created', '<=', now - SECRET_SHOWN_MS)
    .where('data', 'is not', null)
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}
