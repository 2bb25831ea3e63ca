import { ROTATING_KEY, SLOT_SECONDS, signRotating, slotAt } from '@gatehouse/protocol/codes';
import type { Kept } from './kept.ts';

/** What binds a ticket to this phone's key, as the cloud answered it. */
export interface Binding {
  readonly tenant: string;
  /** 5 bytes, hexadecimal. */
  readonly handle: string;
  readonly generation: number;
}

/** The cloud's beacon: a random value that a code must have been signed with. */
export interface Beacon {
  readonly index: number;
  /** 16 bytes, hexadecimal. */
  readonly value: string;
  readonly until: number;
}

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

/** The digits that the phone shows at a moment of its own clock. */
export function phoneCode(
  subtle: SubtleCrypto,
  key: CryptoKey,
  binding: Binding,
  beacon: Beacon,
  phoneNow: number,
): Promise<string> {
  const statement = {
    tenant: binding.tenant,
    handle: fromHex(binding.handle),
    generation: binding.generation,
    slot: slotAt(phoneNow),
    beacon: fromHex(beacon.value),
  };
  return signRotating(subtle, key, statement, beacon.index);
}

/** How long the code of this moment still shows: seconds, and as a share of its whole life. */
export function slotLeft(phoneNow: number): { seconds: number; share: number } {
  const life = SLOT_SECONDS * 1000;
  const left = life - (phoneNow % life);
  return { seconds: Math.ceil(left / 1000), share: left / life };
}

export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  const pairs = text.match(/[0-9a-f]{2}/gi) ?? [];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}
