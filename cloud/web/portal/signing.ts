import { fromHex, ROTATING_KEY, signRotating } from '@gatehouse/protocol/codes';
import type { Kept } from './kept.ts';

/** The phone's key pair, made here once; the private half can be used but never read. */
export async function phoneKeys(subtle: SubtleCrypto, kept: Kept): Promise<CryptoKeyPair> {
  const old = await kept.get<CryptoKeyPair>('keys');
  if (old) return old;
  const made = await subtle.generateKey(ROTATING_KEY, false, ['sign', 'verify']);
  await kept.set('keys', made);
  return made;
}

/** The public half as base64 SPKI, the way the cloud takes it. */
export async function publicKeyText(subtle: SubtleCrypto, keys: CryptoKeyPair): Promise<string> {
  const bytes = new Uint8Array(await subtle.exportKey('spki', keys.publicKey));
  return btoa(String.fromCharCode(...bytes));
}

/** What one code is made of. */
export interface ToSign {
  readonly tenant: string;
  /** 5 bytes, hex. */
  readonly handle: string;
  readonly generation: number;
  readonly slot: number;
  /** Value: 16 bytes, hex. */
  readonly beacon: { readonly index: number; readonly value: string };
}

/** The digits for the barcode of one slot. */
export function signCode(subtle: SubtleCrypto, key: CryptoKey, said: ToSign): Promise<string> {
  const { tenant, generation, slot, beacon } = said;
  const handle = fromHex(said.handle) ?? new Uint8Array();
  const value = fromHex(beacon.value) ?? new Uint8Array();
  const statement = { tenant, generation, slot, handle, beacon: value };
  return signRotating(subtle, key, statement, beacon.index);
}
