import { stat } from 'node:fs/promises';

/**
 * Goes on as whoever owns the gateway's data, or the gateway could not read what is written there:
 * on a Pi an administrator is root, and the gateway is not.
 */
export async function asOwnerOf(data: string): Promise<void> {
  const owner = await stat(data).catch(() => undefined);
  if (process.getuid?.() !== 0 || owner === undefined || owner.uid === 0) return;
  process.setgroups?.([owner.gid]);
  process.setgid?.(owner.gid);
  process.setuid?.(owner.uid);
}
