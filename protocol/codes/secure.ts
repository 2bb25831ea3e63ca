import { bigEndian, concat, toBigInt } from './bytes.ts';
import { bytesToDigits, digitsLength, digitsToBytes } from './digits.ts';

/** One secure code lives this long. */
export const SLOT_SECONDS = 30;
/** What every secure code begins with. */
export const SECURE_PREFIX = '4283';

const HANDLE_BYTES = 5;
const SIGNATURE_BYTES = 64;
const SECURE_BYTES = HANDLE_BYTES + 2 + 1 + 1 + SIGNATURE_BYTES;
/** Length in digits of every secure code, prefix included: 182. */
export const SECURE_LENGTH = SECURE_PREFIX.length + digitsLength(SECURE_BYTES);

/** What stands in the barcode of a secure ticket. Every byte of it is seen at the gate. */
export interface SecureCode {
  /** Ticket handle, 5 bytes. */
  readonly handle: Uint8Array<ArrayBuffer>;
  /** Low 16 bits of the slot. */
  readonly slotLow: number;
  /** Key generation, 0 to 255. */
  readonly generation: number;
  /** Low 8 bits of the beacon's index. */
  readonly beaconLow: number;
  /** ECDSA P-256 over `signedBytes`, raw r‖s, low s, 64 bytes. */
  readonly signature: Uint8Array<ArrayBuffer>;
}

/** The slot in which a moment falls: whole half minutes since 1970, 32 bits. */
export function slotAt(unixMilliseconds: number): number {
  return Math.floor(unixMilliseconds / (SLOT_SECONDS * 1000));
}

/** A secure code as the digits that go into the barcode. */
export function secureText(code: SecureCode): string {
  return (
    SECURE_PREFIX +
    bytesToDigits(
      concat(
        code.handle,
        bigEndian(code.slotLow & 0xffff, 2),
        bigEndian(code.generation, 1),
        bigEndian(code.beaconLow & 0xff, 1),
        code.signature,
      ),
    )
  );
}

/** Whether a text has the exact grammar and length of a secure code. */
export function isSecureText(text: string): boolean {
  return text.length === SECURE_LENGTH && text.startsWith(SECURE_PREFIX) && /^\d+$/.test(text);
}

/** Takes a secure code apart; `undefined` where the digits are none. Nothing is verified yet. */
export function parseSecure(text: string): SecureCode | undefined {
  if (!isSecureText(text)) return undefined;
  const bytes = digitsToBytes(text.slice(SECURE_PREFIX.length), SECURE_BYTES);
  if (!bytes) return undefined;
  return {
    handle: bytes.slice(0, 5),
    slotLow: Number(toBigInt(bytes.subarray(5, 7))),
    generation: bytes[7] as number,
    beaconLow: bytes[8] as number,
    signature: bytes.slice(9),
  };
}

/**
 * The full slots that the low 16 bits can mean, nearest to `nowSlot` first: one turn before, this
 * turn, one after.
 */
export function slotsFor(slotLow: number, nowSlot: number): number[] {
  const turn = 0x10000;
  const base = nowSlot - (nowSlot % turn) + slotLow;
  return [base - turn, base, base + turn]
    .filter((slot) => slot >= 0)
    .sort((a, b) => Math.abs(a - nowSlot) - Math.abs(b - nowSlot));
}
