import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import {
  beaconAge,
  beaconIndexAt,
  beaconIndexFor,
  isLowS,
  type Moment,
  type Proof,
  parseSecure,
  type SecureCode,
  signedBytes,
  slotAt,
  slotsFor,
  toHex,
} from '@gatehouse/protocol';

/** Key objects kept; the longest unused goes first. */
const KEYS_MAX = 10_000;

/** What the prover looks up. */
export interface ProverParts {
  readonly tenant: string;
  /** DER SPKI of a generation of a handle. */
  key(handle: string, generation: number): Uint8Array | undefined;
  /** The value of a beacon by its full index. */
  beacon(index: number): Uint8Array | undefined;
}

/** A secure code with what its signature showed. */
export interface Proven {
  readonly handle: string;
  readonly proof: Omit<Proof, 'earlier'>;
}

/**
 * Makes the function that checks a secure code's signature. It runs in the thread pool, so that
 * scans do not wait for each other's arithmetic. `undefined` for digits that are no code.
 */
export function createProver(
  parts: ProverParts,
): (text: string, now: Moment) => Promise<Proven | undefined> {
  const keys = new Map<string, KeyObject>();

  function keyOf(handle: string, generation: number): KeyObject | undefined {
    const name = `${handle}:${generation}`;
    const known = keys.get(name);
    if (known) {
      keys.delete(name);
      keys.set(name, known);
      return known;
    }
    const spki = parts.key(handle, generation);
    if (!spki) return undefined;
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    keys.set(name, key);
    if (keys.size > KEYS_MAX) keys.delete(keys.keys().next().value as string);
    return key;
  }

  return async (text, now) => {
    const code = parseSecure(text);
    if (!code) return undefined;
    const handle = toHex(code.handle);
    const { generation } = code;
    const index = beaconIndexFor(code.beaconLow, beaconIndexAt(now));
    const key = keyOf(handle, generation);
    const beacon = parts.beacon(index);
    const slot =
      key && beacon && isLowS(code.signature)
        ? await signedSlot(code, key, parts.tenant, beacon, now)
        : undefined;
    const age = beaconAge(index, now);
    return {
      handle,
      proof: {
        signature: slot === undefined ? 'bad' : 'good',
        generation,
        slot: slot ?? 0,
        beaconAge: age,
      },
    };
  };
}

/** The full slot over which the signature is good: this turn of the 16 bits, or one beside it. */
async function signedSlot(
  code: SecureCode,
  key: KeyObject,
  tenant: string,
  beacon: Uint8Array,
  now: Moment,
): Promise<number | undefined> {
  const { handle, generation, signature } = code;
  for (const slot of slotsFor(code.slotLow, slotAt(now))) {
    const bytes = signedBytes({ tenant, handle, generation, slot, beacon });
    if (await verifyAway(bytes, key, signature)) return slot;
  }
  return undefined;
}

function verifyAway(bytes: Uint8Array, key: KeyObject, signature: Uint8Array): Promise<boolean> {
  return new Promise((resolve, reject) => {
    verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature, (fault, good) =>
      fault ? reject(fault) : resolve(good),
    );
  });
}
