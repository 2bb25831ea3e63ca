import type { Luma } from '../../luma.ts';
import { certainty, correct } from '../reed-solomon.ts';
import { FIELDS } from './fields.ts';
import { DARK, type Layout } from './layout.ts';
import { messageOf } from './mode.ts';

/** A symbol read by chance has to be rarer than one in 2 to this. */
const CERTAIN_BITS = 36;
/** How many of the check words may be spent on erasures, in turn. */
const SHARES = [0, 0.2, 0.4, 0.55, 0.7, 0.8, 0.9];
/** Of the symbol drawn anew: pixels of a module, and light modules beside it. */
const DRAWN_PX = 4;
const DRAWN_QUIET = 2;
const LIGHT_TONE = 255;

/**
 * Corrects a symbol's words: those with the least sure modules are erased, more of them in turn.
 * @param modules as they look: above 0 dark, below 0 light, further off the surer
 * @param data how many of the words do not check
 */
export function corrected(
  modules: Float32Array,
  layout: Layout,
  data: number,
): Uint16Array | undefined {
  const { bits, words: length } = layout;
  const code = { field: FIELDS[bits]!, checks: length - data, firstRoot: 1 };
  const { values, doubt } = wordsOf(modules, layout);
  const doubtful = Array.from(values.keys()).sort((a, b) => doubt[b]! - doubt[a]!);
  for (const share of SHARES) {
    const erasures = doubtful.slice(0, Math.floor(share * code.checks));
    const words = values.slice();
    const errors = correct(words, code, erasures);
    if (errors === undefined) continue;
    if (certainty(length, code, erasures.length, errors) >= CERTAIN_BITS) return words;
  }
  return undefined;
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
export function drawn(words: Uint16Array, layout: Layout, data: number): Luma {
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
  const side = (size + 2 * DRAWN_QUIET) * DRAWN_PX;
  const luma = new Uint8Array(side * side).fill(LIGHT_TONE);
  for (let y = 0; y < size * DRAWN_PX; y++) {
    const row = Math.floor(y / DRAWN_PX) * size;
    const from = (y + DRAWN_QUIET * DRAWN_PX) * side + DRAWN_QUIET * DRAWN_PX;
    for (let x = 0; x < size * DRAWN_PX; x++) {
      if (dark[row + Math.floor(x / DRAWN_PX)]) luma[from + x] = 0;
    }
  }
  return { luma, width: side, height: side };
}
