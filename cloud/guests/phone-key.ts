import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '@gatehouse/provisioning';
import type { Random } from '../ports.ts';
import { phoneError } from './phone-errors.ts';

/** Outside the database, so that a copy of that gives neither codes nor numbers away. */
export const PHONE_KEY_FILE = 'phone-key';
const KEY_BYTES = 32;

/**
 * The key of the HMACs of numbers and codes; made at the first start. Without the file a new one is
 * made: codes under way and what limits have counted are then void, nothing else.
 * @throws GatehouseError `phone-key-unreadable`, `disk-failed`
 */
export async function loadPhoneKey(dataDir: string, random: Random): Promise<Uint8Array> {
  const path = join(dataDir, PHONE_KEY_FILE);
  const text = await readIfThere(path);
  if (text === undefined) {
    const key = random(KEY_BYTES);
    await writeDurably(path, `${Buffer.from(key).toString('hex')}\n`);
    return key;
  }
  const key = Buffer.from(text.trim(), 'hex');
  if (key.length !== KEY_BYTES) throw phoneError('phone-key-unreadable', { file: PHONE_KEY_FILE });
  return key;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw phoneError('phone-key-unreadable', { file: PHONE_KEY_FILE }, cause);
  }
}
