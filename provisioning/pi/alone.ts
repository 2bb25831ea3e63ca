import { open, readFile, rm } from 'node:fs/promises';
import { releaseError } from './errors.ts';

/**
 * Does work that no second process may do at the same time; a lock left by one that died is taken.
 * @throws `update-busy` naming the process that is at it
 */
export async function alone<T>(lockFile: string, work: () => Promise<T>): Promise<T> {
  if (!(await take(lockFile))) {
    const holder = Number(await readFile(lockFile, 'utf8').catch(() => ''));
    if (isAlive(holder)) throw releaseError('update-busy', { process: holder });
    await rm(lockFile, { force: true });
    if (!(await take(lockFile))) throw releaseError('update-busy', { process: 'unknown' });
  }
  try {
    return await work();
  } finally {
    await rm(lockFile, { force: true });
  }
}

async function take(lockFile: string): Promise<boolean> {
  const file = await open(lockFile, 'wx').catch((error) => {
    if (error.code === 'EEXIST') return undefined;
    throw error;
  });
  await file?.writeFile(String(process.pid));
  await file?.close();
  return file !== undefined;
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}
