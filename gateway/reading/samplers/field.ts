/** A finite field by its tables: what Reed-Solomon computes in. */
export interface Field {
  readonly size: number;
  /** Powers of the generator, twice over so that two logarithms may be added. */
  readonly power: Uint16Array;
  /** Of 1 to size - 1. */
  readonly log: Uint16Array;
  add(a: number, b: number): number;
  subtract(a: number, b: number): number;
}

/** GF(929), generator 3: PDF417. */
export const FIELD_929: Field = {
  ...tables(929, (a) => (3 * a) % 929),
  add: (a, b) => (a + b) % 929,
  subtract: (a, b) => (a + 929 - b) % 929,
};

/** GF(256), generator 2 modulo x⁸ + x⁴ + x³ + x² + 1: QR Code. */
export const FIELD_256 = binaryField(8, 0x11d);

/** GF(2 to the `bits`), generator 2 modulo a polynomial whose coefficients are bits. */
export function binaryField(bits: number, polynomial: number): Field {
  const size = 1 << bits;
  return {
    ...tables(size, (a) => (2 * a < size ? 2 * a : (2 * a) ^ polynomial)),
    add: (a, b) => a ^ b,
    subtract: (a, b) => a ^ b,
  };
}

function tables(size: number, next: (a: number) => number) {
  const power = new Uint16Array(2 * size);
  const log = new Uint16Array(size);
  let a = 1;
  for (let i = 0; i < size - 1; i++) {
    power[i] = a;
    power[i + size - 1] = a;
    log[a] = i;
    a = next(a);
  }
  return { size, power, log };
}

/** The product of two elements. */
export function multiply({ power, log }: Field, a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : power[log[a]! + log[b]!]!;
}

/** a / b. @throws RangeError when b is 0 */
export function divide({ power, log, size }: Field, a: number, b: number): number {
  if (b === 0) throw new RangeError('division by zero in a field');
  return a === 0 ? 0 : power[log[a]! + size - 1 - log[b]!]!;
}
