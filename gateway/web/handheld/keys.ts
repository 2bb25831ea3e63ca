import type { Kept } from './kept.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** The handheld's key pair, made here once; the private half can be used but never read. */
export async function handheldKeys(subtle: SubtleCrypto, kept: Kept): Promise<CryptoKeyPair> {
  const old = await kept.get('keys');
  if (old) return old;
  const made = await subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);
  await kept.set('keys', made);
  return made;
}

/** The public half, SubjectPublicKeyInfo in base64. */
export async function publicKeyText(subtle: SubtleCrypto, keys: CryptoKeyPair): Promise<string> {
  return base64(await subtle.exportKey('spki', keys.publicKey));
}

/** Raw r‖s over a text, in base64. */
export async function signText(
  subtle: SubtleCrypto,
  { privateKey }: CryptoKeyPair,
  text: string,
): Promise<string> {
  return base64(await subtle.sign(SIGNING, privateKey, new TextEncoder().encode(text)));
}

/** What is signed to pair, and to prove later that it is still the same handheld. */
export const pairingText = (token: string, key: string) => `gatehouse/pair/1\n${token}\n${key}`;
export const challengeText = (handheld: string, challenge: string) =>
  `gatehouse/handheld/1\n${handheld}\n${challenge}`;

const TOKEN = /#([A-Za-z0-9_-]{22})$/;

/** The one-time token behind the `#` of a pairing address; undefined in any other text. */
export function tokenIn(address: string): string | undefined {
  return TOKEN.exec(address.trim())?.[1];
}

function base64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}
