import type { Box } from './box.ts';
import type { Gradients, Kernel } from './kernels/kernel-types.ts';

/** Pixels of a block's side. */
export const BLOCK = 16 as const;
/** Samples that a block's score is summed over: 3 x 3 blocks of 8 x 8 half-size pixels. */
const SAMPLES = 576;
/** What stands out of the noise by less is no code. */
const FLOOR = 0.6;
/** The quiet part of a frame is noise, and this much of it is taken off everywhere. */
const QUIET_SHARE = 0.2;
const OFF = 1.2;
/** Noise is taken off the directions of edges too, but no more than this part of them. */
const NOISE_PART = 0.5;
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
const BINS = 256;

/** Where codes may stand, best first, and how noisy the frame is (in the scores' measure). */
export interface Located {
  readonly boxes: readonly Box[];
  readonly noise: number;
}

/** What the quiet blocks of a frame have: their score, and the squares of their gradients. */
interface Noise {
  readonly score: number;
  readonly squares: number;
}

/** Blocks that hang together, in blocks; `mass` is the sum of their scores. */
interface Patch {
  left: number;
  top: number;
  right: number;
  bottom: number;
  mass: number;
  count: number;
  /** Blocks of the finer size, and the sums of their gradients. */
  parts: number;
  xx: number;
  yy: number;
  xy: number;
}

/** Finds places with many edges that go up and down again, as bars and modules do. */
/** @param kernel the one whose gradients it is given */
export function createLocator(kernel: Kernel): (gradients: Gradients) => Located {
  let seen = new Uint8Array(0);
  let stack = new Int32Array(0);
  let fine: Gradients = { block: BLOCK, columns: 0, rows: 0, sums: stack, scores: stack };
  const bins = new Int32Array(BINS);

  function noiseOf({ scores, sums }: Gradients): Noise {
    bins.fill(0);
    for (let i = 0; i < scores.length; i++) {
      const bin = Math.min(BINS - 1, ((scores[i] as number) * 8) / SAMPLES) | 0;
      bins[bin] = (bins[bin] as number) + 1;
    }
    let bin = 0;
    let below = scores.length * QUIET_SHARE;
    while (bin < BINS - 1 && below > (bins[bin] as number)) below -= bins[bin++] as number;
    const score = bin / 8;
    let [squares, count] = [0, 0];
    for (let i = 0; i < scores.length; i++) {
      if ((scores[i] as number) > score * SAMPLES) continue;
      squares += (sums[i * 8 + 4] as number) + (sums[i * 8 + 5] as number);
      count += 1;
    }
    return { score, squares: squares / Math.max(1, count) };
  }

  /** Fills the patch that this block is in, marking its blocks as seen. */
  function patchAt(gradients: Gradients, field: Int32Array, first: number, level: number): Patch {
    const { block, columns, rows } = gradients;
    const patch = { left: columns, top: rows, right: 0, bottom: 0 };
    const whole: Patch = { ...patch, mass: 0, count: 0, parts: 0, xx: 0, yy: 0, xy: 0 };
    let depth = 0;
    stack[depth++] = first;
    seen[first] = 1;
    while (depth > 0) {
      const at = stack[--depth] as number;
      const x = at % columns;
      const y = (at - x) / columns;
      add(whole, x, y, field[at] as number);
      addEdges(whole, fine, x, y, block / BLOCK);
      for (let below = Math.max(0, y - 1); below <= Math.min(rows - 1, y + 1); below++) {
        for (let beside = Math.max(0, x - 1); beside <= Math.min(columns - 1, x + 1); beside++) {
          const next = below * columns + beside;
          if (seen[next] === 1 || (field[next] as number) < level) continue;
          seen[next] = 1;
          stack[depth++] = next;
        }
      }
    }
    return whole;
  }

  /** Adds the boxes of one size of the picture to those found. */
  function find(found: Ranked[], gradients: Gradients, noise: Noise): void {
    const { block, columns, rows } = gradients;
    const count = columns * rows;
    const field = kernel.opened(gradients, Math.round(noise.score * OFF * SAMPLES));
    let best = 0;
    for (let i = 0; i < count; i++) best = Math.max(best, field[i] as number);
    if (best < FLOOR * SAMPLES) return;
    for (const [nth, part] of PARTS.entries()) {
      const fits = (nth < 2 ? 1 : LOOSE_RANK) * (block === BLOCK ? 1 : COARSE_RANK);
      const level = Math.ceil(best * part);
      seen.fill(0);
      for (let i = 0; i < count; i++) {
        if (seen[i] === 0 && (field[i] as number) >= level) {
          keep(found, ranked(patchAt(gradients, field, i, level), block, noise, fits));
        }
      }
    }
  }

  return (gradients) => {
    fine = gradients;
    const count = gradients.columns * gradients.rows;
    if (seen.length < count) {
      seen = new Uint8Array(count);
      stack = new Int32Array(count);
    }
    const coarse = kernel.coarse();
    const noise = noiseOf(gradients);
    const coarseNoise = { ...noise, score: noiseOf(coarse).score };
    const found: Ranked[] = [];
    find(found, gradients, noise);
    find(found, coarse, coarseNoise);
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

function add(patch: Patch, x: number, y: number, score: number) {
  patch.left = Math.min(patch.left, x);
  patch.top = Math.min(patch.top, y);
  patch.right = Math.max(patch.right, x);
  patch.bottom = Math.max(patch.bottom, y);
  patch.mass += score;
  patch.count += 1;
}

/** Directions are taken from the finer blocks: at quarter size, stacked bars look like modules. */
function addEdges(patch: Patch, { columns, sums }: Gradients, x: number, y: number, side: number) {
  for (let row = y * side; row < (y + 1) * side; row++) {
    for (let column = x * side; column < (x + 1) * side; column++) {
      const at = (row * columns + column) * 8;
      patch.xx += sums[at + 4] as number;
      patch.yy += sums[at + 5] as number;
      patch.xy += sums[at + 6] as number;
      patch.parts += 1;
    }
  }
}

function ranked(patch: Patch, block: number, noise: Noise, fits: number): Ranked {
  const { left, top, right, bottom, mass, count, parts, xx, yy, xy } = patch;
  // Noise has no direction: it weakens a likeness, and does not turn it.
  const strength = xx + yy - Math.min(noise.squares * parts, (xx + yy) * NOISE_PART);
  const wide = right - left + 1;
  const high = bottom - top + 1;
  const score = mass / count / SAMPLES;
  const box = {
    ...{ x: left * block, y: top * block, width: wide * block, height: high * block, score },
    coherence: strength === 0 ? 0 : Math.min(1, Math.hypot(xx - yy, 2 * xy) / strength),
    angle: Math.atan2(2 * xy, xx - yy) / 2,
  };
  return { box, rank: (fits * score * Math.sqrt(count) * count) / (wide * high) };
}

/** What two boxes share of their joint area, 0 to 1. */
export function overlap(one: Box, other: Box): number {
  const across = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const down = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  if (across <= 0 || down <= 0) return 0;
  const both = across * down;
  return both / (one.width * one.height + other.width * other.height - both);
}
