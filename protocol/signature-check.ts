import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { SignatureCheck } from './codes/prover.ts';

/** Key objects kept; the longest unused goes first. */
const KEYS_MAX = 10_000;

/**
 * Checks signatures in the thread pool, so that scans do not wait for each other's arithmetic.
 * @param spki the public key (DER SPKI) of a generation of a handle
 */
export function createSignatureCheck(
  spki: (handle: string, generation: number) => Uint8Array | undefined,
): (handle: string, generation: number) => SignatureCheck | undefined {
  const keys = new Map<string, KeyObject>();

  function keyOf(handle: string, generation: number): KeyObject | undefined {
    const name = `${handle}:${generation}`;
    const known = keys.get(name);
    if (known) {
      keys.delete(name);
      keys.set(name, known);
      return known;
    }
    const der = spki(handle, generation);
    if (!der) return undefined;
    const key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
    keys.set(name, key);
    if (keys.size > KEYS_MAX) keys.delete(keys.keys().next().value as string);
    return key;
  }

  return (handle, generation) => {
    const key = keyOf(handle, generation);
    return key && ((bytes, signature) => verifyAway(bytes, key, signature));
  };
}

function verifyAway(bytes: Uint8Array, key: KeyObject, signature: Uint8Array): Promise<boolean> {
  return new Promise((resolve, reject) => {
    verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature, (fault, good) =>
      fault ? reject(fault) : resolve(good),
    );
  });
}
