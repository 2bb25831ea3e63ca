import { bigEndian, concat, toBigInt } from './bytes.ts';

/**
 * Bytes as decimal digits, so that every scanner and keyboard layout passes them: each 7 bytes are
 * one big-endian number of 17 digits; a shorter last group of n bytes takes the fewest digits that
 * hold it (1→3, 2→5, 3→8, 4→10, 5→13, 6→15).
 */
const DIGITS_OF_BYTES = [0, 3, 5, 8, 10, 13, 15, 17] as const;
const GROUP_BYTES = 7;
const GROUP_DIGITS = 17;

/** Number of digits that `length` bytes take. */
export function digitsLength(length: number): number {
  const rest = DIGITS_OF_BYTES[length % GROUP_BYTES] as number;
  return Math.floor(length / GROUP_BYTES) * GROUP_DIGITS + rest;
}

export function bytesToDigits(bytes: Uint8Array): string {
  let digits = '';
  for (let i = 0; i < bytes.length; i += GROUP_BYTES) {
    const group = bytes.subarray(i, i + GROUP_BYTES);
    digits += toBigInt(group)
      .toString()
      .padStart(DIGITS_OF_BYTES[group.length] as number, '0');
  }
  return digits;
}

/** The inverse; `undefined` where the text is not what `bytesToDigits` writes for that length. */
export function digitsToBytes(digits: string, length: number): Uint8Array<ArrayBuffer> | undefined {
  if (digits.length !== digitsLength(length) || !/^\d*$/.test(digits)) return undefined;
  const groups: Uint8Array[] = [];
  let at = 0;
  for (let left = length; left > 0; left -= GROUP_BYTES) {
    const size = Math.min(left, GROUP_BYTES);
    const width = DIGITS_OF_BYTES[size] as number;
    const value = BigInt(digits.slice(at, at + width));
    if (value >> BigInt(8 * size) !== 0n) return undefined;
    groups.push(bigEndian(value, size));
    at += width;
  }
  return concat(...groups);
}
