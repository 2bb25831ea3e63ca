import { createHash, createPublicKey } from 'node:crypto';
import { CLAIM_BYTES } from './config-code.ts';
import { provisioningError } from './errors.ts';

export const TYPED_CODE_LENGTH = 10;
/** Crockford's: nothing that two people read differently. */
const BASE32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CLAIMED_AS = 'gatehouse/typed/1\0';
/** Characters of a key that people compare: 30 bits, of a key that was made before they looked. */
const MARK_LENGTH = 6;
/** Hex digits of a fingerprint that people compare: 128 bits, since anybody may look for twins. */
const FINGERPRINT_DIGITS = 32;
const GROUP = 4;

/** A code of 50 random bits for who can read no QR: `K7M4D-Q2X9R`. */
export function typedCodeOf(random: (length: number) => Uint8Array): string {
  const letters = Array.from(random(TYPED_CODE_LENGTH), (byte) => BASE32[byte & 31]).join('');
  return `${letters.slice(0, 5)}-${letters.slice(5)}`;
}

/**
 * The claim that a typed code stands for. Case, blanks and hyphens do not count, and what looks
 * like a digit is one.
 * @throws `typed-code-wrong`
 */
export function typedClaim(code: string): Uint8Array {
  const plain = code.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  const isCode =
    plain.length === TYPED_CODE_LENGTH && [...plain].every((one) => BASE32.includes(one));
  if (!isCode) throw provisioningError('typed-code-wrong');
  const digest = createHash('sha256').update(`${CLAIMED_AS}${plain}`).digest();
  return Uint8Array.from(digest.subarray(0, CLAIM_BYTES));
}

/**
 * The origin of a server as a person types it from the sheet: `https://` may be left out, and what
 * stands behind the host does not count.
 * @throws `server-address-wrong`
 */
export function typedAddress(text: string): string {
  const plain = text.trim();
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(plain) ? plain : `https://${plain}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  const isPlain = url?.protocol === 'https:' && url.username === '' && url.password === '';
  if (!url || !isPlain) throw provisioningError('server-address-wrong');
  return url.origin;
}

/** The first half of a root's fingerprint in groups of four, as both ends show it. */
export function fingerprintWords(fingerprint: Uint8Array): string {
  const digits = Buffer.from(fingerprint).toString('hex').slice(0, FINGERPRINT_DIGITS);
  return (digits.toUpperCase().match(new RegExp(`.{${GROUP}}`, 'g')) ?? []).join(' ');
}

/**
 * Six characters of a device's key, the same on its screen and in the administration.
 * @param publicKey SubjectPublicKeyInfo, DER
 */
export function keyMark(publicKey: Uint8Array): string {
  const digest = createHash('sha256').update(publicKey).digest();
  const letters = Array.from(digest.subarray(0, MARK_LENGTH), (byte) => BASE32[byte & 31]).join('');
  return `${letters.slice(0, 3)}-${letters.slice(3)}`;
}

/** @param privateKey PEM, as it is kept */
export function keyMarkOf(privateKey: string): string {
  return keyMark(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }));
}
