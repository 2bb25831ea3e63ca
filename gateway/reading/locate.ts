import type { Box } from './box.ts';
import { SCORE_SAMPLES as SAMPLES } from './kernels/kernel.ts';
import { type Gradients, type Kernel, PATCH_FIELDS, type Quiet } from './kernels/kernel-types.ts';

/** Pixels of a block's side. */
export const BLOCK = 16 as const;
/** What stands out of the noise by less is no code. */
const FLOOR = 0.6;
/** So much of what the quiet part of a frame has is taken off everywhere. */
const OFF = 1.2;
/** Noise is taken off the directions of edges too, but no more than this part of them. */
const NOISE_PART = 0.2;
/** Blocks belong together at these parts of the best block's score, */
const PARTS = [0.5, 0.3, 0.12];
/** and boxes of the last take in more than a code, where it is not torn by glare. */
const LOOSE_RANK = 0.8;
/** A box grows by lines of blocks of which one has this part of its score, but not without end. */
const GROW_PART = 0.5;
const GROW_MOST = 3;
/** Places a frame is looked at in. */
export const BOXES_MAX = 6;
/** Two boxes that share more than this of their joint area are one. */
const SAME = 0.6;
/** Boxes of the quarter size fit worse. */
const COARSE_RANK = 0.6;

/** Where codes may stand, best first, and how noisy the frame is (in the scores' measure). */
export interface Located {
  readonly boxes: readonly Box[];
  readonly noise: number;
}

/**
 * Finds places with many edges that go up and down again, as bars and modules do.
 * @param kernel the one whose gradients it is given
 */
export function createLocator(kernel: Kernel): (gradients: Gradients) => Located {
  /** Adds the boxes of one size of the picture to those found. */
  function find(found: Ranked[], gradients: Gradients, { score, squares }: Quiet): void {
    const { best } = kernel.opened(gradients, Math.round(score * OFF * SAMPLES));
    if (best < FLOOR * SAMPLES) return;
    for (const [nth, part] of PARTS.entries()) {
      const fits = (nth < 2 ? 1 : LOOSE_RANK) * (gradients.block === BLOCK ? 1 : COARSE_RANK);
      const patches = kernel.patches(gradients, Math.ceil(best * part));
      for (let at = 0; at < patches.length; at += PATCH_FIELDS) {
        const rank = fits * rankOf(patches, at);
        if (found.length === BOXES_MAX && rank <= (found.at(-1) as Ranked).rank) continue;
        keep(found, { box: boxOf(patches, at, gradients.block, squares), rank });
      }
    }
  }

  return (gradients) => {
    const noise = kernel.quiet(gradients);
    const coarse = kernel.coarse();
    const found: Ranked[] = [];
    find(found, gradients, noise);
    find(found, coarse, { ...noise, score: kernel.quiet(coarse).score });
    const off = noise.score * OFF * SAMPLES;
    return { boxes: found.map(({ box }) => grown(box, gradients, off)), noise: noise.score };
  };
}

/** Takes in the corners of a code that stands askew, and what glare has made fainter. */
function grown(box: Box, gradients: Gradients, off: number): Box {
  const { columns, rows, sums, scores } = gradients;
  const level = box.score * SAMPLES * GROW_PART;
  let [left, top] = [box.x / BLOCK, box.y / BLOCK];
  let [right, bottom] = [left + box.width / BLOCK, top + box.height / BLOCK];
  const has = (x: number, y: number, count: number, step: number) => {
    for (let i = 0, at = y * columns + x; i < count; i++, at += step) {
      const own = 9 * ((sums[at * 8] as number) + (sums[at * 8 + 2] as number));
      if (Math.min(own, scores[at] as number) - off >= level) return true;
    }
    return false;
  };
  for (let i = 0; i < GROW_MOST && left > 0; i++, left--) {
    if (!has(left - 1, top, bottom - top, columns)) break;
  }
  for (let i = 0; i < GROW_MOST && right < columns; i++, right++) {
    if (!has(right, top, bottom - top, columns)) break;
  }
  for (let i = 0; i < GROW_MOST && top > 0; i++, top--) {
    if (!has(left, top - 1, right - left, 1)) break;
  }
  for (let i = 0; i < GROW_MOST && bottom < rows; i++, bottom++) {
    if (!has(left, bottom, right - left, 1)) break;
  }
  const place = { x: left * BLOCK, y: top * BLOCK };
  return { ...box, ...place, width: (right - left) * BLOCK, height: (bottom - top) * BLOCK };
}

interface Ranked {
  readonly box: Box;
  readonly rank: number;
}

/** Puts a box in the place of its rank, unless a better one is the same. */
function keep(found: Ranked[], next: Ranked): void {
  const twin = found.findIndex(({ box }) => overlap(box, next.box) > SAME);
  if (twin >= 0) {
    if ((found[twin] as Ranked).rank >= next.rank) return;
    found.splice(twin, 1);
  }
  let at = found.length;
  while (at > 0 && (found[at - 1] as Ranked).rank < next.rank) at--;
  found.splice(at, 0, next);
  if (found.length > BOXES_MAX) found.pop();
}

/** Strong, large and full patches first. */
function rankOf(patches: Float64Array, at: number): number {
  const [count, mass] = [patches[at + 4] as number, patches[at + 5] as number];
  return (mass * Math.sqrt(count)) / (sideOf(patches, at) * sideOf(patches, at + 1));
}

/** How many blocks wide a patch is, or high from the next number on. */
function sideOf(patches: Float64Array, at: number): number {
  return (patches[at + 2] as number) - (patches[at] as number) + 1;
}

function boxOf(patches: Float64Array, at: number, block: number, noise: number): Box {
  const number = (n: number) => patches[at + n] as number;
  const [xx, yy, xy] = [number(7), number(8), number(9)];
  // Noise has no direction: it weakens a likeness, and does not turn it.
  const strength = xx + yy - Math.min(noise * number(6), (xx + yy) * NOISE_PART);
  return {
    x: number(0) * block,
    y: number(1) * block,
    width: sideOf(patches, at) * block,
    height: sideOf(patches, at + 1) * block,
    score: number(5) / number(4) / SAMPLES,
    elongation: elongationOf(patches, at),
    coherence: strength === 0 ? 0 : Math.min(1, Math.hypot(xx - yy, 2 * xy) / strength),
    angle: Math.atan2(2 * xy, xx - yy) / 2,
  };
}

/** From the second moments of a patch's blocks, which are squares themselves. */
function elongationOf(patches: Float64Array, at: number): number {
  const mean = (n: number) => (patches[at + n] as number) / (patches[at + 4] as number);
  const xx = mean(12) - mean(10) ** 2 + 1 / 12;
  const yy = mean(13) - mean(11) ** 2 + 1 / 12;
  const apart = Math.hypot(xx - yy, 2 * (mean(14) - mean(10) * mean(11)));
  return Math.sqrt((xx + yy + apart) / (xx + yy - apart));
}

/** What two boxes share of their joint area, 0 to 1. */
export function overlap(one: Box, other: Box): number {
  const across = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const down = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  if (across <= 0 || down <= 0) return 0;
  const both = across * down;
  return both / (one.width * one.height + other.width * other.height - both);
}
