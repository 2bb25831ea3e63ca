import { type Code, certainty, correct } from './reed-solomon.ts';

/** How many of the check words may be spent on erasures, in turn. */
const SHARES = [0, 0.2, 0.4, 0.55, 0.7, 0.8, 0.9];

/**
 * Corrects words: the most doubtful are erased, more of them in turn.
 * @param least a correction that chance would get in more than one of 2 to this cases is none
 * @returns the words as they were meant, and how certain they are, in bits
 */
export function corrected(
  values: ArrayLike<number>,
  doubts: ArrayLike<number>,
  code: Code,
  least: number,
): { words: Uint16Array; certain: number } | undefined {
  const places = Array.from({ length: values.length }, (_, place) => place);
  const doubtful = places.sort((a, b) => doubts[b]! - doubts[a]!);
  for (const share of SHARES) {
    const erasures = doubtful.slice(0, Math.floor(share * code.checks));
    const words = Uint16Array.from(values);
    const errors = correct(words, code, erasures);
    if (errors === undefined) continue;
    const certain = certainty(words.length, code, erasures.length, errors);
    if (certain >= least) return { words, certain };
  }
  return undefined;
}
