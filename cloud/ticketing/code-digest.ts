import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

const DIGEST_BYTES = 16;

/** The venue key as a key object: HMAC with raw bytes is six times as dear. */
export function digestKey(venueKey: Uint8Array): KeyObject {
  return createSecretKey(venueKey);
}

/** What stands on disk instead of a code: 16 bytes of HMAC of its canonical text, base64url. */
export function codeDigest(key: KeyObject, text: string): string {
  return createHmac('sha256', key)
    .update(text)
    .digest()
    .subarray(0, DIGEST_BYTES)
    .toString('base64url');
}
