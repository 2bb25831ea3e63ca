import type { Box } from './box.ts';
import type { Gradients } from './kernels/kernel-types.ts';
import { BLOCK } from './locate.ts';
import type { Tones } from './tones.ts';

/** Sides of modules from 1 to this many pixels can be told apart by their edges. */
const MODULE_MOST = 24;

/** What the edges of a box say of the code in it, in pixels; 0 where it has none. */
export interface Measure {
  readonly modulePx: number;
  readonly blurPx: number;
}

/** Blocks that stand out by less than this part of the box's score are its surroundings. */
const PART = 0.5;
/** From this likeness of directions on only the gradient across the bars counts. */
const BARS = 0.5;
/** Sobel's gradients are eight times the steps, their squares so many times, */
const SOBEL = 64;
/** and they spread an edge by so much, in squared pixels; none is sharper than two pixels. */
const SPREAD = 12;
const SHARPEST = 2;
/** Samples that a block's score is summed over. */
const SAMPLES = 576;

/**
 * Of modules of m pixels, about half of whose borders are edges, a row of the half-size picture
 * climbs the box's contrast once every m pixels: so m is contrast / mean |gx|. An edge that is b
 * pixels wide has steps of contrast / b: their mean, weighted by themselves, gives b, and how far
 * Sobel's gradients spread it is taken off again.
 */
export function measure(gradients: Gradients, box: Box, { low, high }: Tones): Measure {
  const { columns, rows, sums, scores } = gradients;
  const level = box.score * SAMPLES * PART;
  const weight = box.coherence > BARS ? 1 : 0.5;
  let [steps, squares, samples] = [0, 0, 0];
  const right = Math.min(columns, (box.x + box.width) / BLOCK);
  const bottom = Math.min(rows, (box.y + box.height) / BLOCK);
  for (let row = box.y / BLOCK; row < bottom; row++) {
    for (let column = box.x / BLOCK; column < right; column++) {
      const block = row * columns + column;
      if ((scores[block] as number) < level) continue;
      const at = block * 8;
      const [gx, gy] = [sums[at] as number, sums[at + 2] as number];
      steps += Math.max(gx, gy) * weight + Math.min(gx, gy) * (1 - weight);
      squares += Math.max(sums[at + 4] as number, sums[at + 5] as number);
      samples += 64;
    }
  }
  if (steps === 0) return { modulePx: 0, blurPx: 0 };
  const contrast = Math.max(1, high - low);
  const modulePx = Math.min(MODULE_MOST, (contrast * samples) / steps);
  const spread = (2 * contrast * steps * SOBEL) / squares;
  const blurPx = Math.sqrt(Math.max(SHARPEST ** 2, spread * spread - SPREAD));
  return { modulePx, blurPx: Math.min(modulePx, blurPx) };
}
