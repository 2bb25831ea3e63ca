import { type ByteText, changeCharset, emptyText, settle } from '../charset.ts';

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const END = 0;
const DIGITS = 1;
const LETTERS = 2;
const BYTES = 4;
const ECI = 7;
/** Bits of a count by mode, for versions 1-9, 10-26 and 27-40. */
const COUNT_BITS: Readonly<Record<number, readonly number[]>> = {
  [DIGITS]: [10, 12, 14],
  [LETTERS]: [9, 11, 13],
  [BYTES]: [8, 16, 16],
};

/** Bits one after another; reading past the end gives undefined. */
class Bits {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  left(): number {
    return 8 * this.#bytes.length - this.#at;
  }

  take(count: number): number | undefined {
    if (this.left() < count) return undefined;
    let value = 0;
    for (let i = 0; i < count; i++, this.#at++) {
      value = value * 2 + ((this.#bytes[this.#at >> 3]! >> (7 - (this.#at & 7))) & 1);
    }
    return value;
  }
}

/**
 * The text of a symbol's data words. Kanji, structured append, FNC1, and bytes that are not UTF-8 and
 * of no named character set are not read.
 * @returns undefined where the words are no text by the standard, or an empty one
 */
export function textOf(words: Uint8Array, version: number): string | undefined {
  const bits = new Bits(words);
  const text = emptyText();
  const column = version < 10 ? 0 : version < 27 ? 1 : 2;
  while (bits.left() >= 4) {
    const mode = bits.take(4)!;
    if (mode === END) break;
    if (mode === ECI) {
      const eci = eciOf(bits);
      if (eci === undefined || !changeCharset(text, eci)) return undefined;
      continue;
    }
    const count = bits.take(COUNT_BITS[mode]?.[column] ?? 99);
    if (count === undefined || !write(text, bits, mode, count)) return undefined;
  }
  return settle(text) && text.text !== '' ? text.text : undefined;
}

function eciOf(bits: Bits): number | undefined {
  const first = bits.take(8);
  if (first === undefined || first < 128) return first;
  const more = bits.take(8);
  return first < 192 && more !== undefined ? (first - 128) * 256 + more : undefined;
}

function write(text: ByteText, bits: Bits, mode: number, count: number): boolean {
  if (mode === BYTES) {
    for (let i = 0; i < count; i++) {
      const byte = bits.take(8);
      if (byte === undefined) return false;
      text.bytes.push(byte);
    }
    return true;
  }
  return mode === DIGITS ? writeDigits(text, bits, count) : writeLetters(text, bits, count);
}

function push(text: ByteText, letters: string): void {
  for (const letter of letters) text.bytes.push(letter.charCodeAt(0));
}

function writeDigits(text: ByteText, bits: Bits, count: number): boolean {
  for (let left = count; left > 0; left -= 3) {
    const digits = Math.min(3, left);
    const value = bits.take([0, 4, 7, 10][digits]!);
    if (value === undefined || value >= 10 ** digits) return false;
    push(text, value.toString().padStart(digits, '0'));
  }
  return true;
}

function writeLetters(text: ByteText, bits: Bits, count: number): boolean {
  for (let left = count; left > 0; left -= 2) {
    const value = bits.take(left > 1 ? 11 : 6);
    if (value === undefined || value >= (left > 1 ? 45 * 45 : 45)) return false;
    const letters = left > 1 ? ALPHANUMERIC[Math.floor(value / 45)]! : '';
    push(text, letters + ALPHANUMERIC[value % 45]!);
  }
  return true;
}
