import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Random } from '../ports.ts';

const SECRET_BYTES = 32;
/** What a secret of ours looks like from outside. */
export const SECRET = /^[\w-]{43}$/;

/** A new secret of 256 bits, base64url. */
export function makeSecret(random: Random): string {
  return Buffer.from(random(SECRET_BYTES)).toString('base64url');
}

/** What is kept of a secret. It has 256 random bits: a plain hash gives nothing away. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** The token with which a page proves that it may use its session. */
export function csrfTokenOf(session: string): string {
  return createHmac('sha256', session).update('csrf').digest('base64url');
}

/** Compares texts without telling by time where they differ. */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a as Buffer, b as Buffer);
}
