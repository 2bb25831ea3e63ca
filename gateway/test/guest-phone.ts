import { createPublicKey, type KeyObject, verify, webcrypto } from 'node:crypto';
import {
  type BeaconRow,
  beaconIndexAt,
  fromHex,
  ROTATING_KEY,
  type SecureRow,
  type SignatureCheck,
  signRotating,
  slotAt,
} from '@gatehouse/protocol';
import { EVENING } from './samples.ts';

export const TENANT = 'theatre';

/** Checks at once, so that virtual time needs not wait for a thread. */
export function syncCheck(
  spki: (handle: string, generation: number) => Uint8Array | undefined,
): (handle: string, generation: number) => SignatureCheck | undefined {
  const check = (key: KeyObject): SignatureCheck => {
    return async (bytes, signature) =>
      verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature);
  };
  return (handle, generation) => {
    const der = spki(handle, generation);
    return der && check(createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' }));
  };
}

/** The value of a beacon in these tests. */
export const beaconOf = (index: number): string => index.toString(16).padStart(32, '0');

/** Beacons around the evening, as the cloud sends them. */
export function beacons(back = 3, ahead = 12, at = EVENING): BeaconRow[] {
  const first = beaconIndexAt(at) - back;
  return Array.from({ length: back + ahead + 1 }, (_, n) => ({
    index: first + n,
    value: beaconOf(first + n),
  }));
}

/** A guest's phone, and the row by which the cloud tells gateways of its ticket. */
export interface GuestPhone {
  row(changes?: Partial<SecureRow>): SecureRow;
  /** The code of a moment, `slots` and `beacons` off. */
  code(
    now: number,
    off?: { slots?: number; beacons?: number; generation?: number },
  ): Promise<string>;
}

export async function guestPhone(number: number, generation = 1): Promise<GuestPhone> {
  const subtle = webcrypto.subtle as SubtleCrypto;
  const pair = await subtle.generateKey(ROTATING_KEY, false, ['sign', 'verify']);
  const key = Buffer.from(await subtle.exportKey('spki', pair.publicKey)).toString('base64');
  const handle = number.toString(16).padStart(10, '0');
  return {
    row: (changes = {}) => ({
      ...{ id: `secure-${number}`, handle, performance: 'secure', status: 'valid', uses: 1 },
      ...{ used: 0, inside: false, generation, key, ...changes },
    }),
    code(now, off = {}) {
      const index = beaconIndexAt(now) - (off.beacons ?? 0);
      const statement = {
        tenant: TENANT,
        handle: fromHex(handle) as Uint8Array,
        generation: off.generation ?? generation,
        slot: slotAt(now) + (off.slots ?? 0),
        beacon: fromHex(beaconOf(index)) as Uint8Array,
      };
      return signRotating(subtle, pair.privateKey, statement, index);
    },
  };
}
