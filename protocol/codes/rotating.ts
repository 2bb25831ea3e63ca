import { bigEndian, concat, toBigInt } from './bytes.ts';
import { type SecureCode, secureText } from './secure.ts';

/** What the phone signs each slot; the gate restores it from the code and what it knows. */
export interface RotatingStatement {
  readonly tenant: string;
  /** 5 bytes. */
  readonly handle: Uint8Array;
  readonly generation: number;
  /** Full slot, 32 bits. */
  readonly slot: number;
  /** The beacon's random value, 16 bytes. */
  readonly beacon: Uint8Array;
}

const CONTEXT = 'gatehouse/rotating/1';
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** Parameters of the signature for WebCrypto, the same in browser and Node. */
export const ROTATING_KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;
export const ROTATING_SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** The bytes under the signature: each field with its length in 2 bytes before it, big-endian. */
export function signedBytes(statement: RotatingStatement): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder();
  const fields = [
    text.encode(CONTEXT),
    text.encode(statement.tenant),
    statement.handle,
    bigEndian(statement.generation, 1),
    bigEndian(statement.slot, 4),
    statement.beacon,
  ];
  return concat(...fields.flatMap((field) => [bigEndian(field.length, 2), field]));
}

/** Whether s is in the lower half of the group order; only such signatures are accepted. */
export function isLowS(signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  const s = toBigInt(signature.subarray(32));
  return s > 0n && s <= ORDER / 2n;
}

/** The same signature with a low s. */
export function lowS(signature: Uint8Array): Uint8Array<ArrayBuffer> {
  if (isLowS(signature)) return signature.slice();
  const s = toBigInt(signature.subarray(32));
  return concat(signature.subarray(0, 32), bigEndian(ORDER - s, 32));
}

/**
 * Signs one slot and gives the digits for the barcode.
 * @param subtle WebCrypto of this browser or of Node
 * @param beaconIndex the beacon's full index; its low 8 bits go into the code
 */
export async function signRotating(
  subtle: SubtleCrypto,
  key: CryptoKey,
  statement: RotatingStatement,
  beaconIndex: number,
): Promise<string> {
  const raw = await subtle.sign(ROTATING_SIGNATURE, key, signedBytes(statement));
  const code: SecureCode = {
    handle: statement.handle.slice(),
    slotLow: statement.slot & 0xffff,
    generation: statement.generation,
    beaconLow: beaconIndex & 0xff,
    signature: lowS(new Uint8Array(raw)),
  };
  return secureText(code);
}

/** Verifies a signature over a statement with WebCrypto; a high s is refused. */
export async function verifyRotating(
  subtle: SubtleCrypto,
  key: CryptoKey,
  statement: RotatingStatement,
  signature: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  if (!isLowS(signature)) return false;
  return subtle.verify(ROTATING_SIGNATURE, key, signature, signedBytes(statement));
}
