import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { storeError } from './errors.ts';

export const LOCK_FILE = 'in-use.lock';
const SQLITE_BUSY = 5;

/**
 * Takes a data folder for one cloud until `release`. The lock is SQLite's on a file of its own: the
 * operating system drops it with the process, however that ends, so it can never go stale.
 * @throws GatehouseError `data-folder-in-use`
 */
export function lockDataFolder(dir: string): { release(): void } {
  const file = new DatabaseSync(join(dir, LOCK_FILE), { timeout: 0 });
  try {
    // Never WAL: its locks let a second opener in.
    file.exec('pragma journal_mode = delete; begin exclusive');
  } catch (cause) {
    file.close();
    const { errcode } = cause as { errcode?: number };
    if (errcode !== undefined && (errcode & 0xff) === SQLITE_BUSY) {
      throw storeError('data-folder-in-use', {}, cause);
    }
    throw cause;
  }
  return { release: () => file.close() };
}
