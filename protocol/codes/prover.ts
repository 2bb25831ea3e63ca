import type { Proof } from '../facts.ts';
import { beaconAge, beaconIndexAt, beaconIndexFor } from './beacon.ts';
import { toHex } from './bytes.ts';
import { isLowS, signedBytes } from './rotating.ts';
import { parseSecure, type SecureCode, slotAt, slotsFor } from './secure.ts';

/** Says whether a signature over these bytes is of one key. */
export type SignatureCheck = (bytes: Uint8Array, signature: Uint8Array) => Promise<boolean>;

/** What the prover looks up. */
export interface ProverParts {
  readonly tenant: string;
  /** The check by the key of a generation of a handle; `undefined` where it is not held. */
  check(handle: string, generation: number): SignatureCheck | undefined;
  /** The value of a beacon by its full index. */
  beacon(index: number): Uint8Array | undefined;
}

/** A secure code with what its signature showed. */
export interface Proven {
  readonly handle: string;
  /** Full index of the beacon it was signed with. */
  readonly beacon: number;
  readonly signature: Uint8Array;
  /** Key and beacon are held; without them a bad proof says nothing about the code. */
  readonly held: boolean;
  readonly proof: Omit<Proof, 'earlier'>;
}

/**
 * Makes the function that checks a secure code's signature, the same for cloud and gateway.
 * `undefined` for digits that are no code.
 */
export function createProver(
  parts: ProverParts,
): (text: string, now: number) => Promise<Proven | undefined> {
  return async (text, now) => {
    const code = parseSecure(text);
    if (!code) return undefined;
    const handle = toHex(code.handle);
    const { generation, signature } = code;
    const index = beaconIndexFor(code.beaconLow, beaconIndexAt(now));
    const check = parts.check(handle, generation);
    const beacon = parts.beacon(index);
    const slot =
      check && beacon && isLowS(signature)
        ? await signedSlot(code, check, parts.tenant, beacon, now)
        : undefined;
    return {
      handle,
      beacon: index,
      signature,
      held: check !== undefined && beacon !== undefined,
      proof: {
        signature: slot === undefined ? 'bad' : 'good',
        generation,
        slot: slot ?? 0,
        beaconAge: beaconAge(index, now),
      },
    };
  };
}

/** The full slot over which the signature is good: this turn of the 16 bits, or one beside it. */
async function signedSlot(
  code: SecureCode,
  check: SignatureCheck,
  tenant: string,
  beacon: Uint8Array,
  now: number,
): Promise<number | undefined> {
  const { handle, generation, signature } = code;
  for (const slot of slotsFor(code.slotLow, slotAt(now))) {
    const bytes = signedBytes({ tenant, handle, generation, slot, beacon });
    if (await check(bytes, signature)) return slot;
  }
  return undefined;
}
