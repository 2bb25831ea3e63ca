import { createHash, createHmac } from 'node:crypto';
import { sameText } from './same.ts';

export const SIGNATURE_METHODS = ['md5hash', 'md5', 'sha1', 'sha256', 'sha512'] as const;
export type SignatureMethod = (typeof SIGNATURE_METHODS)[number];

/** A signed report older than this (or as much in the future) is somebody's recording. */
export const SIGNATURE_AGE_MAX_MS = 5 * 60_000;

/**
 * Vonage's signature of parameters: sorted by name without `sig`, each as `&name=value` with `&`
 * and `=` in values as `_`. `md5hash` hashes that with the secret behind it, the others are HMACs.
 */
export function signVonage(
  parameters: Readonly<Record<string, string>>,
  secret: string,
  method: SignatureMethod,
): string {
  const text = Object.keys(parameters)
    .filter((name) => name !== 'sig')
    .sort()
    .map((name) => `&${name}=${(parameters[name] as string).replace(/[&=]/g, '_')}`)
    .join('');
  if (method === 'md5hash')
    return createHash('md5')
      .update(text + secret)
      .digest('hex');
  return createHmac(method, secret).update(text).digest('hex');
}

/** Whether parameters bear a fresh signature with this secret. */
export function isVonageSigned(
  parameters: Readonly<Record<string, string>>,
  secret: string,
  method: SignatureMethod,
  now: number,
): boolean {
  const right = signVonage(parameters, secret, method);
  if (!sameText(right, (parameters.sig ?? '').toLowerCase())) return false;
  const age = now - Number(parameters.timestamp ?? Number.NaN) * 1000;
  return Math.abs(age) <= SIGNATURE_AGE_MAX_MS;
}
