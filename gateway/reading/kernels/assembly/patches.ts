import { BLOCK_BYTES } from './blocks';

/** Bins of a score's parts of an eighth a sample. */
const BINS = 256;
/** Samples of a score. */
const SAMPLES = 576;
/**
 * f64 each: left, top, right, bottom, blocks, their scores; finer blocks, xx, yy, xy of these; the
 * sums of the blocks' columns, rows, their squares and products.
 */
const PATCH_BYTES: usize = 120;
const EDGES: usize = 48;

/**
 * What a share of the blocks scores less than, in eighths of a sample.
 * @param bins room for 256 i32
 */
export function quiet(scores: usize, bins: usize, count: i32, share: f64): i32 {
  memory.fill(bins, 0, BINS << 2);
  for (let i = 0; i < count; i++) {
    const bin = min(BINS - 1, (load<i32>(scores + ((<usize>i) << 2)) << 3) / SAMPLES);
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
 * @param mask room for a byte a block, and for one more all around
 * @param list room for an i32 a block
 */
export function patches(
  field: usize,
  w: i32,
  h: i32,
  level: i32,
  sums: usize,
  columns: i32,
  side: i32,
  mask: usize,
  list: usize,
  to: usize,
  most: i32,
): i32 {
  const wide = w + 2;
  memory.fill(mask, 0, wide * (h + 2));
  for (let y = 0; y < h; y++) {
    marks(field + ((<usize>(y * w)) << 2), mask + <usize>((y + 1) * wide + 1), w, level);
  }
  let found = 0;
  for (let y = 0; y < h; y++) {
    const row = mask + <usize>((y + 1) * wide + 1);
    for (let x = 0; x < w; x++) {
      while (x + 8 <= w && load<u64>(row + x) === 0) x += 8;
      if (x === w) break;
      if (load<u8>(row + x) === 0) continue;
      if (found === most) return found;
      store<u8>(row + x, 0);
      store<i32>(list, (y << 16) | x);
      const out = to + <usize>found * PATCH_BYTES;
      const blocks = flood(field, w, mask, wide, list, out);
      addEdges(list, blocks, sums, columns, side, out + EDGES);
      found += 1;
    }
  }
  return found;
}

/** One where a line of the field is `level` or more. */
function marks(field: usize, to: usize, w: i32, level: i32): void {
  const least = i32x4.splat(level);
  const one = i8x16.splat(1);
  let x = 0;
  for (; x + 16 <= w; x += 16) {
    const at = field + ((<usize>x) << 2);
    const left = i16x8.narrow_i32x4_s(
      i32x4.ge_s(v128.load(at), least),
      i32x4.ge_s(v128.load(at, 16), least),
    );
    const right = i16x8.narrow_i32x4_s(
      i32x4.ge_s(v128.load(at, 32), least),
      i32x4.ge_s(v128.load(at, 48), least),
    );
    v128.store(to + x, v128.and(i8x16.narrow_i16x8_s(left, right), one));
  }
  for (; x < w; x++) {
    if (load<i32>(field + ((<usize>x) << 2)) >= level) store<u8>(to + x, 1);
  }
}

/** Goes on from the first of the list, where all blocks of the patch remain; their number. */
function flood(field: usize, w: i32, mask: usize, wide: i32, list: usize, to: usize): i32 {
  let left = i32.MAX_VALUE;
  let top = i32.MAX_VALUE;
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
    const at = load<i32>(list + ((<usize>n) << 2));
    const y = at >> 16;
    const x = at & 0xffff;
    left = min(left, x);
    top = min(top, y);
    right = max(right, x);
    bottom = max(bottom, y);
    mass += <f64>load<i32>(field + ((<usize>(y * w + x)) << 2));
    sumX += x;
    sumY += y;
    sumXX += x * x;
    sumYY += y * y;
    sumXY += x * y;
    for (let row = y - 1; row <= y + 1; row++) {
      const beside = mask + <usize>((row + 1) * wide + x);
      if ((load<u32>(beside) & 0xffffff) === 0) continue;
      for (let i = 0; i < 3; i++) {
        if (load<u8>(beside + i) === 0) continue;
        store<u8>(beside + i, 0);
        store<i32>(list + ((<usize>count) << 2), (row << 16) | (x + i - 1));
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
function addEdges(list: usize, count: i32, sums: usize, columns: i32, side: i32, to: usize): void {
  let xx: i64 = 0;
  let yy: i64 = 0;
  let xy: i64 = 0;
  for (let n = 0; n < count; n++) {
    const block = load<i32>(list + ((<usize>n) << 2));
    const top = (block >> 16) * side;
    const left = (block & 0xffff) * side;
    for (let row = top; row < top + side; row++) {
      let at = sums + <usize>(row * columns + left) * BLOCK_BYTES;
      for (let column = 0; column < side; column++) {
        xx += load<i32>(at, 16);
        yy += load<i32>(at, 20);
        xy += load<i32>(at, 24);
        at += BLOCK_BYTES;
      }
    }
  }
  store<f64>(to, count * side * side);
  store<f64>(to, <f64>xx, 8);
  store<f64>(to, <f64>yy, 16);
  store<f64>(to, <f64>xy, 24);
}
