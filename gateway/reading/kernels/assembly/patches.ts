import { BLOCK_BYTES } from './blocks';

/** Bins of a score's parts of an eighth a sample. */
const BINS = 256;
/**
 * f64 each: left, top, right, bottom, blocks, their scores; finer blocks, xx, yy, xy of these; the
 * sums of the blocks' columns, rows, their squares and products.
 */
const PATCH_BYTES: usize = 120;
const EDGES: usize = 48;

/**
 * What a share of the blocks scores less than, in eighths of a sample of a score's `samples`.
 * @param bins room for 256 i32
 */
export function quiet(scores: usize, bins: usize, count: i32, samples: i32, share: f64): i32 {
  memory.fill(bins, 0, BINS << 2);
  for (let i = 0; i < count; i++) {
    const bin = min(BINS - 1, (load<i32>(scores + ((<usize>i) << 2)) << 3) / samples);
    const at = bins + ((<usize>bin) << 2);
    store<i32>(at, load<i32>(at) + 1);
  }
  let below = <f64>count * share;
  let bin = 0;
  for (; bin < BINS - 1; bin++) {
    const here = <f64>load<i32>(bins + ((<usize>bin) << 2));
    if (below <= here) break;
    below -= here;
  }
  return bin;
}

/** The mean square of the gradients of blocks that score no more than `most`. */
export function calm(scores: usize, sums: usize, count: i32, most: i32): f64 {
  let squares: f64 = 0;
  let blocks = 0;
  for (let i = 0; i < count; i++) {
    if (load<i32>(scores + ((<usize>i) << 2)) <= most) {
      squares += <f64>load<i32>(sums, 16) + <f64>load<i32>(sums, 20);
      blocks += 1;
    }
    sums += BLOCK_BYTES;
  }
  return squares / <f64>max(blocks, 1);
}

/**
 * Blocks of w x h that hang together, corners too, where the field is `level` or more; how many
 * patches. Edges are those of finer blocks, of which `side` squared make one.
 * @param seen room for a byte a block
 * @param stack room for an i32 a block: those of the patch, in the end
 */
export function patches(
  field: usize,
  w: i32,
  h: i32,
  level: i32,
  sums: usize,
  columns: i32,
  side: i32,
  seen: usize,
  stack: usize,
  to: usize,
  most: i32,
): i32 {
  const count = w * h;
  memory.fill(seen, 0, count);
  let found = 0;
  for (let i = 0; i < count && found < most; i++) {
    if (load<u8>(seen + i) !== 0 || load<i32>(field + ((<usize>i) << 2)) < level) continue;
    store<u8>(seen + i, 1);
    store<i32>(stack, i);
    const out = to + <usize>found * PATCH_BYTES;
    const blocks = flood(field, w, h, level, seen, stack, out);
    addEdges(stack, blocks, w, sums, columns, side, out + EDGES);
    found += 1;
  }
  return found;
}

/** Goes on from the first of the stack, in which all blocks of the patch remain; their number. */
function flood(
  field: usize,
  w: i32,
  h: i32,
  level: i32,
  seen: usize,
  stack: usize,
  to: usize,
): i32 {
  let left = w;
  let top = h;
  let right = 0;
  let bottom = 0;
  let mass: f64 = 0;
  let sumX = 0;
  let sumY = 0;
  let sumXX = 0;
  let sumYY = 0;
  let sumXY = 0;
  let count = 1;
  for (let n = 0; n < count; n++) {
    const at = load<i32>(stack + ((<usize>n) << 2));
    const y = at / w;
    const x = at - y * w;
    left = min(left, x);
    top = min(top, y);
    right = max(right, x);
    bottom = max(bottom, y);
    mass += <f64>load<i32>(field + ((<usize>at) << 2));
    sumX += x;
    sumY += y;
    sumXX += x * x;
    sumYY += y * y;
    sumXY += x * y;
    const lowest = min(h - 1, y + 1);
    const last = min(w - 1, x + 1);
    for (let row = max(0, y - 1); row <= lowest; row++) {
      for (let column = max(0, x - 1); column <= last; column++) {
        const next = row * w + column;
        if (load<u8>(seen + next) !== 0) continue;
        if (load<i32>(field + ((<usize>next) << 2)) < level) continue;
        store<u8>(seen + next, 1);
        store<i32>(stack + ((<usize>count) << 2), next);
        count += 1;
      }
    }
  }
  store<f64>(to, left);
  store<f64>(to, top, 8);
  store<f64>(to, right, 16);
  store<f64>(to, bottom, 24);
  store<f64>(to, count, 32);
  store<f64>(to, mass, 40);
  store<f64>(to, sumX, 80);
  store<f64>(to, sumY, 88);
  store<f64>(to, sumXX, 96);
  store<f64>(to, sumYY, 104);
  store<f64>(to, sumXY, 112);
  return count;
}

/** Sums what the finer blocks of a patch have, by the list of its blocks. */
function addEdges(
  list: usize,
  count: i32,
  w: i32,
  sums: usize,
  columns: i32,
  side: i32,
  to: usize,
): void {
  let xx: i64 = 0;
  let yy: i64 = 0;
  let xy: i64 = 0;
  for (let n = 0; n < count; n++) {
    const block = load<i32>(list + ((<usize>n) << 2));
    const top = (block / w) * side;
    const left = (block % w) * side;
    for (let row = top; row < top + side; row++) {
      for (let column = left; column < left + side; column++) {
        const at = sums + <usize>(row * columns + column) * BLOCK_BYTES;
        xx += load<i32>(at, 16);
        yy += load<i32>(at, 20);
        xy += load<i32>(at, 24);
      }
    }
  }
  store<f64>(to, count * side * side);
  store<f64>(to, <f64>xx, 8);
  store<f64>(to, <f64>yy, 16);
  store<f64>(to, <f64>xy, 24);
}
