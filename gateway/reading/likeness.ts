import type { Box } from './box.ts';

/** What a place looks like: matrix codes, PDF417, or linear codes. */
export type Likeness = 'modules' | 'stacked' | 'bars';

/** Long places are bars at less likeness of their edges' directions: codes of modules are square. */
const LONG = 0.4;
const MODULES_BELOW = 0.47;
/** Below this likeness of directions bars are stacked. */
const STACKED_BELOW = 0.7;

export function likenessOf({ coherence, elongation = 1 }: Box): Likeness {
  if (coherence + LONG * Math.log(elongation) < MODULES_BELOW) return 'modules';
  return coherence < STACKED_BELOW ? 'stacked' : 'bars';
}

/** Codes of modules that gates see have between so many along a side, as far as edges tell, */
const MODULES_SIDE = [14, 50] as const;
/** PDF417 has more in the mean of its sides, */
const STACKED_SIDE = 30;
/** and linear codes are so many times longer than high. */
const BARS_LONG = 1.6;

/**
 * Whether a place has a code's proportions. Of 655 codes that the first look reads 14 have not, and
 * half of the places without one.
 * @param module its estimated pixels
 */
export function isShapely(box: Box, module: number): boolean {
  const likeness = likenessOf(box);
  if (likeness === 'bars') return (box.elongation ?? BARS_LONG) >= BARS_LONG;
  const side = Math.sqrt(box.width * box.height) / module;
  if (likeness === 'stacked') return side >= STACKED_SIDE;
  return side >= MODULES_SIDE[0] && side <= MODULES_SIDE[1];
}

const MATRIX = new Set(['QRCode', 'MicroQRCode', 'Aztec', 'DataMatrix']);

/**
 * Those of the formats that a place may hold. Of 679 codes in scenes drawn by chance one is lost;
 * three in four matrix codes and linear codes, one in six of other places, are spared the rest.
 * Where none would be left, all are: decoders take no format for every one.
 */
export function possibleIn(box: Box, formats: readonly string[]): readonly string[] {
  const { coherence, elongation } = box;
  if (elongation === undefined) return formats;
  const isSquare = coherence < 0.1 && elongation < 1.7;
  const isLong = (coherence > 0.7 && elongation > 1.6) || (coherence > 0.5 && elongation > 2);
  if (!isSquare && !isLong) return formats;
  const left = formats.filter((one) => MATRIX.has(one) === isSquare);
  return left.length > 0 ? left : formats;
}
