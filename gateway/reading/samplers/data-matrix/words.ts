import type { Luma } from '../../luma.ts';
import { drawn } from '../drawn.ts';
import { corrected } from '../erasures.ts';
import { binaryField } from '../field.ts';
import { DARK, type Layout } from './layout.ts';

/** What Data Matrix corrects in (ISO/IEC 16022). */
const FIELD = binaryField(8, 0x12d);
/** A symbol read by chance has to be rarer than one in 2 to this. */
const CERTAIN_BITS = 36;
/** ... and each of its blocks than one in 2 to this. */
const CERTAIN_BITS_A_BLOCK = 18;

/**
 * A symbol's words as they were meant.
 * @param modules as they look: above 0 dark, below 0 light, further off the surer
 */
export function correctedWords(modules: Float32Array, layout: Layout): Uint16Array | undefined {
  const { blocks, checks } = layout;
  const { values, doubts } = wordsOf(modules, layout);
  const code = { field: FIELD, checks: checks / blocks, firstRoot: 1 };
  const words = new Uint16Array(values.length);
  let certain = 0;
  for (let block = 0; block < blocks; block++) {
    // Words are dealt to the blocks in turn.
    const isOf = (_: unknown, word: number) => word % blocks === block;
    const least = blocks === 1 ? CERTAIN_BITS : CERTAIN_BITS_A_BLOCK;
    const fixed = corrected(values.filter(isOf), doubts.filter(isOf), code, least);
    if (!fixed) return undefined;
    certain += fixed.certain;
    fixed.words.forEach((word, i) => {
      words[i * blocks + block] = word;
    });
  }
  return certain >= CERTAIN_BITS ? words : undefined;
}

function wordsOf(modules: Float32Array, { order }: Layout) {
  const values = new Uint8Array(order.length / 8);
  const doubts = new Float32Array(values.length);
  for (let i = 0; i < order.length; i++) {
    const seen = modules[order[i]!]!;
    const word = i >> 3;
    values[word] = 2 * values[word]! + (seen > 0 ? 1 : 0);
    doubts[word] = doubts[word]! + Math.exp(-6 * Math.abs(seen));
  }
  return { values, doubts };
}

/** The symbol of some words as it was meant, upright and in ideal tones. */
export function symbolOf(words: Uint16Array, { size, known, order }: Layout): Luma {
  const dark = Uint8Array.from(known, (use) => (use === DARK ? 1 : 0));
  order.forEach((place, i) => {
    dark[place] = (words[i >> 3]! >> (7 - (i & 7))) & 1;
  });
  return drawn(dark, size);
}
