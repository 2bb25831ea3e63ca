import { createCipheriv, createDecipheriv } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '@gatehouse/provisioning';
import type { Random } from '../ports.ts';
import { staffError } from './errors.ts';

/** Outside the database, so that a copy of that makes nobody's second factor. */
export const TOTP_KEY_FILE = 'staff-totp.key';
const KEY_BYTES = 32;
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Begins what is sealed; base32, which a secret of before is, has no small letter. */
const SEALED = 'v1.';

/** Keeps secrets of authenticators in the database so that it alone does not hold them. */
export interface TotpBox {
  /** For the row of this account and no other. */
  seal(account: string, secret: string): string;
  /** The secret; undefined where it was sealed under another key, or for another account. */
  open(account: string, stored: string): string | undefined;
  isSealed(stored: string): boolean;
}

export function totpBox(key: Uint8Array, random: Random): TotpBox {
  const isSealed = (stored: string) => stored.startsWith(SEALED);
  return {
    isSealed,
    seal(account, secret) {
      const nonce = random(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(account));
      const hidden = [cipher.update(secret, 'utf8'), cipher.final()];
      const all = Buffer.concat([nonce, cipher.getAuthTag(), ...hidden]);
      return `${SEALED}${all.toString('base64url')}`;
    },
    open(account, stored) {
      if (!isSealed(stored)) return stored;
      const all = Buffer.from(stored.slice(SEALED.length), 'base64url');
      const nonce = all.subarray(0, NONCE_BYTES);
      const tag = all.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
      try {
        const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
        decipher.setAAD(Buffer.from(account)).setAuthTag(tag);
        const hidden = all.subarray(NONCE_BYTES + TAG_BYTES);
        return decipher.update(hidden, undefined, 'utf8') + decipher.final('utf8');
      } catch {
        // another key, another account or a changed row: there is nothing to be had from it
        return undefined;
      }
    },
  };
}

/**
 * The box of this data folder; its key is made at the first start, readable by its owner only.
 * Without the file a new key is made: people then log in with a recovery code, or are invited anew.
 * @throws GatehouseError `staff-key-unreadable`, `disk-failed`
 */
export async function loadTotpBox(dataDir: string, random: Random): Promise<TotpBox> {
  const path = join(dataDir, TOTP_KEY_FILE);
  const text = await readIfThere(path);
  if (text === undefined) {
    const key = random(KEY_BYTES);
    await writeDurably(path, `${Buffer.from(key).toString('hex')}\n`);
    return totpBox(key, random);
  }
  const key = Buffer.from(text.trim(), 'hex');
  if (key.length !== KEY_BYTES) throw staffError('staff-key-unreadable', { file: TOTP_KEY_FILE });
  return totpBox(key, random);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw staffError('staff-key-unreadable', { file: TOTP_KEY_FILE }, cause);
  }
}
