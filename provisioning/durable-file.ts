import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { provisioningError } from './errors.ts';

/** The calls on a disk that durable files are made of; `systemDisk` is the real one. */
export interface Disk {
  /** Makes a folder and those above it, open to the owner only. */
  makeFolder(path: string): Promise<void>;
  /** Writes a whole file and flushes it (fsync). `mode` such as 0o600 holds from the first byte. */
  writeAndSync(path: string, data: string | Uint8Array, mode: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Flushes a folder's entries (fsync), so that a rename outlives a power cut. */
  syncFolder(path: string): Promise<void>;
}

export const PRIVATE_MODE = 0o600;
const FOLDER_MODE = 0o700;

export const systemDisk: Disk = {
  async makeFolder(path) {
    await mkdir(path, { recursive: true, mode: FOLDER_MODE });
  },
  async writeAndSync(path, data, mode) {
    // A file left by a crash may have other rights: never write a secret into it.
    await rm(path, { force: true });
    const file = await open(path, 'wx', mode);
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
  },
  rename,
  async remove(path) {
    await rm(path, { force: true });
  },
  async syncFolder(path) {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
};

/**
 * Replaces a file so that after a crash at any moment it is either the old or the new one, whole:
 * write beside it, flush, rename, flush the folder. Settles when the new one is safe.
 * Two writers of one path must not overlap: they share the file beside it.
 * @param mode rights, by default the owner's only
 * @throws `disk-failed`
 */
export async function writeDurably(
  path: string,
  data: string | Uint8Array,
  { mode = PRIVATE_MODE, disk = systemDisk }: { mode?: number; disk?: Disk } = {},
): Promise<void> {
  const folder = dirname(path);
  const beside = join(folder, `.${basename(path)}.new`);
  await named(path, async () => {
    await disk.makeFolder(folder);
    await disk.writeAndSync(beside, data, mode);
    await disk.rename(beside, path);
    await disk.syncFolder(folder);
  });
}

/**
 * Removes a file for good; one that is not there is fine.
 * @throws `disk-failed`
 */
export async function removeDurably(path: string, disk: Disk = systemDisk): Promise<void> {
  await named(path, async () => {
    await disk.remove(path);
    await disk.syncFolder(dirname(path));
  });
}

async function named(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? cause.code : 'unknown';
    throw provisioningError('disk-failed', { file: basename(path), reason }, cause);
  }
}
