import { binaryField, type Field } from '../field.ts';

/** What Aztec's mode message and its words of 6, 8 and 10 bits are corrected in (ISO/IEC 24778). */
export const FIELDS: Readonly<Record<number, Field>> = {
  4: binaryField(4, 0x13),
  6: binaryField(6, 0x43),
  8: binaryField(8, 0x12d),
  10: binaryField(10, 0x409),
};

/** The check words to some data, the highest power first; roots are the powers 1 to `checks`. */
export function checksOf(data: readonly number[], checks: number, field: Field): number[] {
  const { power, log, size } = field;
  const times = (a: number, b: number) => (a && b ? power[(log[a]! + log[b]!) % (size - 1)]! : 0);
  let generator = [1];
  for (let root = 1; root <= checks; root++) {
    const longer = [...generator, 0];
    generator.forEach((factor, i) => {
      longer[i + 1] = longer[i + 1]! ^ times(factor, power[root]!);
    });
    generator = longer;
  }
  const rest = new Array<number>(checks).fill(0);
  for (const word of data) {
    const lead = word ^ rest[0]!;
    rest.push(0);
    rest.shift();
    for (let i = 0; i < checks; i++) rest[i] = rest[i]! ^ times(lead, generator[i + 1]!);
  }
  return rest;
}
