import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes that a start may use up where a disk is full: journal and tickets can still be opened. */
const RESERVE_BYTES_MAX = 1024 ** 2;
const FILE = 'reserve';
const FULL: readonly string[] = ['ENOSPC', 'EDQUOT'];

/** Gives the room that was kept free back to the disk; before anything in the folder is opened. */
export async function spendReserve(folder: string): Promise<void> {
  await rm(join(folder, FILE), { force: true });
}

/** Keeps room for the next start. @returns whether there was room for it */
export async function keepReserve(folder: string): Promise<boolean> {
  const path = join(folder, FILE);
  const file = await open(path, 'w');
  try {
    await file.writeFile(Buffer.alloc(RESERVE_BYTES_MAX));
    await file.sync();
    return true;
  } catch (error) {
    if (!FULL.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await rm(path, { force: true });
    return false;
  } finally {
    await file.close();
  }
}
