import { type ErrorTable, errorsOf } from '@gatehouse/protocol';

/** Errors of the data store; docs/cloud.md lists the same codes. */
export const storeErrors = {
  'data-folder-in-use': {
    acts: 'administrator',
    message: 'Another cloud is running on this data folder. Stop it, or give this one its own.',
  },
  'store-not-durable': {
    acts: 'administrator',
    message: 'The database cannot be made durable: {pragma} reads back as {value}.',
  },
  'store-too-new': {
    acts: 'administrator',
    message: 'The database was written by a newer version (it knows {name}). Update the cloud.',
  },
  'store-full': {
    acts: 'administrator',
    status: 507,
    message: 'The disk of the database is full. Free space; the cloud goes on by itself.',
  },
  'store-failed': {
    acts: 'administrator',
    status: 503,
    message: 'The database could not be read or written (SQLite code {number}).',
  },
} as const satisfies ErrorTable;

export const storeError = errorsOf(storeErrors);

const SQLITE_FULL = 13;
const SQLITE_CONSTRAINT = 19;

/** The error of our table for one that SQLite raised; anything else comes back as it was. */
export function storeFault(cause: unknown): unknown {
  const { code, errcode } = cause as { code?: string; errcode?: number };
  if (code !== 'ERR_SQLITE_ERROR' || errcode === undefined) return cause;
  const primary = errcode & 0xff;
  if (primary === SQLITE_CONSTRAINT) return cause;
  if (primary === SQLITE_FULL) return storeError('store-full', {}, cause);
  return storeError('store-failed', { number: errcode }, cause);
}
