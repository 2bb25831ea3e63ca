import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { regularCode } from '@gatehouse/protocol';
import type { Random } from '../../ports.ts';

const KEY_FILE = 'ticket-code.key';
const KEY_BYTES = 32;
const CODE_BYTES = 10;
const TOKEN_BYTES = 24;

/**
 * Codes of tickets and orders follow from their ids under a key in a file of its own: so a ticket
 * can be printed again, and the database alone, whoever has it, holds no code. The venue key would
 * not do: every gateway has it.
 */
export interface CodeKey {
  /** The text in the barcode of a ticket's n-th code. */
  ticketCode(ticket: string, issue: number): string;
  /** What opens an order without an account. */
  orderToken(order: string): string;
}

export function codeKey(secret: Uint8Array): CodeKey {
  const key: KeyObject = createSecretKey(secret);
  const mac = (text: string) => createHmac('sha256', key).update(text).digest();
  return {
    ticketCode: (ticket, issue) =>
      regularCode(mac(`ticket/${ticket}/${issue}`).subarray(0, CODE_BYTES)),
    orderToken: (order) => mac(`order/${order}`).subarray(0, TOKEN_BYTES).toString('base64url'),
  };
}

/** The key of this data folder, made at the first start and readable by its owner only. */
export async function loadCodeKey(dataDir: string, random: Random): Promise<CodeKey> {
  const path = join(dataDir, KEY_FILE);
  try {
    return codeKey(Buffer.from((await readFile(path, 'utf8')).trim(), 'base64url'));
  } catch (cause) {
    if ((cause as { code?: string }).code !== 'ENOENT') throw cause;
  }
  const secret = random(KEY_BYTES);
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${Buffer.from(secret).toString('base64url')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  const folder = await open(dataDir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
  return codeKey(secret);
}
