/** Crockford's base32: no I, L, O, U, so that a person can read it out. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RANDOM_BYTES = 10;
const GRAMMAR = /^R[0-9A-HJKMNP-TV-Z]{16}$/;

/**
 * A regular ticket code: `R` and 16 Crockford base32 characters.
 * @param random 10 random bytes (80 bits)
 */
export function regularCode(random: Uint8Array): string {
  if (random.length !== RANDOM_BYTES) throw new RangeError('a regular code takes 10 random bytes');
  let text = 'R';
  for (let half = 0; half < RANDOM_BYTES; half += 5) {
    let bits = 0n;
    for (const byte of random.subarray(half, half + 5)) bits = (bits << 8n) | BigInt(byte);
    for (let shift = 35n; shift >= 0n; shift -= 5n) text += ALPHABET[Number((bits >> shift) & 31n)];
  }
  return text;
}

/** Whether a canonical text is one of our own regular codes. */
export function isRegularCode(text: string): boolean {
  return GRAMMAR.test(text);
}

/** Bits of a regular code that a forger has to guess. */
export const REGULAR_CODE_BITS = RANDOM_BYTES * 8;
