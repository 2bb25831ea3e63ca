import type { Luma } from '../../luma.ts';
import { drawn } from '../drawn.ts';
import { corrected } from '../erasures.ts';
import { FIELDS } from './fields.ts';
import { DARK, type Layout } from './layout.ts';
import { messageOf } from './mode.ts';

/** A symbol read by chance has to be rarer than one in 2 to this. */
const CERTAIN_BITS = 36;

/**
 * A symbol's words as they were meant.
 * @param modules as they look: above 0 dark, below 0 light, further off the surer
 * @param data how many of the words do not check
 */
export function correctedWords(
  modules: Float32Array,
  layout: Layout,
  data: number,
): Uint16Array | undefined {
  const { bits, words: length } = layout;
  const code = { field: FIELDS[bits]!, checks: length - data, firstRoot: 1 };
  const { values, doubt } = wordsOf(modules, layout);
  return corrected(values, doubt, code, CERTAIN_BITS)?.words;
}

function wordsOf(modules: Float32Array, { order, bits, words }: Layout) {
  const values = new Uint16Array(words);
  const doubt = new Float32Array(words);
  for (let i = 0; i < words * bits; i++) {
    const seen = modules[order[i]!]!;
    const word = Math.floor(i / bits);
    values[word] = 2 * values[word]! + (seen > 0 ? 1 : 0);
    doubt[word] = doubt[word]! + Math.exp(-6 * Math.abs(seen));
  }
  return { values, doubt };
}

/** The symbol of some words as it was meant, upright and in ideal tones. */
export function symbolOf(words: Uint16Array, layout: Layout, data: number): Luma {
  const { size, known, order, bits, compact, layers, mode } = layout;
  const dark = Uint8Array.from(known, (use) => (use === DARK ? 1 : 0));
  const count = words.length * bits;
  for (let i = 0; i < count; i++) {
    dark[order[i]!] = (words[Math.floor(i / bits)]! >> (bits - 1 - (i % bits))) & 1;
  }
  const message = messageOf(compact, layers, data);
  mode.forEach((place, i) => {
    dark[place] = (message[i >> 2]! >> (3 - (i & 3))) & 1;
  });
  return drawn(dark, size);
}
