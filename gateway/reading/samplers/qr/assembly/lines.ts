import { addCrossing } from './clusters';
import { BINS, EDGES, EIGHTS, LINE, LINE_MOST } from './desk';

/** Lines are sums of four levels: less than one beside the mean is neither dark nor light. */
const OFF_LEAST: i32 = 4;
/** ... and what is less than this much of the noise, or of what the line spans. */
const OFF_NOISE: f32 = 1.1;
const OFF_RANGE: f32 = 0.075;
/** Noise is counted in eighths of a level, on every so manieth line. */
const NOISES: i32 = 256;
const NOISE_LINES: i32 = 8;
/** Modules of a finder that are gone on with, in pixels. */
export const MODULE_LEAST: f32 = 1.1;
export const MODULE_MOST: f32 = 7;
/** Crossings of one finder are so many modules apart at most, along their lines and across. */
const NEAR: f32 = 1.2;
const APART: f32 = 3;

/**
 * Looks for finders along every line of a picture that is a `step` further down: dark, light, dark,
 * light, dark over 1, 1, 3, 1 and 1 modules, or the other way round.
 * @returns how many clusters of crossings there are at `clusters`
 */
export function cross(from: usize, w: i32, h: i32, step: f32, clusters: usize): i32 {
  let count = 0;
  const noise = noiseOf(from, w, h);
  for (let s: f32 = 1; s < <f32>(h - 1); s += step) {
    count = match(edgesAt(from, w, <i32>s, noise), s, clusters, count);
  }
  return count;
}

/** Leaves at EDGES where a line of a picture changes between dark and light; gives how often. */
export function edgesAt(from: usize, w: i32, line: i32, noise: f32): i32 {
  const length = min(w, LINE_MOST);
  const range = OFF_RANGE * <f32>mixLine(from + <usize>(line * w), w, length);
  return findEdges(length, max(OFF_LEAST, <i32>min(noise, range)));
}

/**
 * A line mixed with its neighbours, 1-2-1; gives how far its lightest is from its darkest. Vectors
 * are filled up with its last sample: what lies behind it is nothing of this line.
 */
function mixLine(at: usize, w: i32, length: i32): i32 {
  let low = i16x8.splat(0x7fff);
  let high = i16x8.splat(0);
  const ones = i16x8.splat(1);
  let eight = EIGHTS;
  for (let x = 0; x < length; x += 8) {
    const here = at + x;
    const sides = i16x8.add(v128.load8x8_u(here - w), v128.load8x8_u(here + w));
    let sum = i16x8.add(sides, i16x8.shl(v128.load8x8_u(here), 1));
    if (length - x < 8) sum = filledUp(sum, length - x);
    v128.store(LINE + ((<usize>x) << 1), sum);
    const four = i32x4.dot_i16x8_s(sum, ones);
    store<i32>(
      eight,
      i32x4.extract_lane(four, 0) +
        i32x4.extract_lane(four, 1) +
        i32x4.extract_lane(four, 2) +
        i32x4.extract_lane(four, 3),
    );
    eight += 4;
    low = i16x8.min_s(low, sum);
    high = i16x8.max_s(high, sum);
  }
  return most(high) + most(i16x8.neg(low));
}

/** The first samples, and the last of these in place of all others. */
function filledUp(lanes: v128, count: i32): v128 {
  const from = i16x8.min_s(i16x8(0, 1, 2, 3, 4, 5, 6, 7), i16x8.splat(<i16>(count - 1)));
  // Both bytes of a sample.
  const bytes = i16x8.add(i16x8.mul(from, i16x8.splat(0x0202)), i16x8.splat(0x0100));
  return i8x16.swizzle(lanes, bytes);
}

function most(lanes: v128): i32 {
  let half = i8x16.shuffle(lanes, lanes, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  half = i16x8.max_s(lanes, half);
  const even = max(i16x8.extract_lane_s(half, 0), i16x8.extract_lane_s(half, 2));
  return max(even, max(i16x8.extract_lane_s(half, 1), i16x8.extract_lane_s(half, 3)));
}

/** What noise puts samples off the mean: the median of how far they are off their neighbours'. */
export function noiseOf(from: usize, w: i32, h: i32): f32 {
  const length = min(w, LINE_MOST);
  memory.fill(BINS, 0, NOISES << 2);
  let left = 0;
  for (let y = 1; y < h - 1; y += NOISE_LINES) {
    mixLine(from + <usize>(y * w), w, length);
    for (let x = 1; x + 1 < length; x++) {
      const at = LINE + ((<usize>x) << 1);
      const off = abs(2 * <i32>load<i16>(at) - <i32>load<i16>(at - 2) - <i32>load<i16>(at + 2));
      const bin = BINS + ((<usize>min(off, NOISES - 1)) << 2);
      store<i32>(bin, load<i32>(bin) + 1);
      left++;
    }
  }
  left >>= 1;
  let bin = 0;
  while (bin < NOISES - 1) {
    left -= load<i32>(BINS + ((<usize>bin) << 2));
    if (left <= 0) break;
    bin++;
  }
  return OFF_NOISE * <f32>bin;
}

/**
 * Edges between dark and light, the first one falling: where samples get further than `off` beyond
 * the mean around them, and are then what they were until they get as far to the other side.
 */
function findEdges(length: i32, off: i32): i32 {
  const last = ((length + 7) >> 3) - 1;
  let count = 0;
  let state: u64 = 0;
  for (let start = 0; start < length; start += 64) {
    let dark: u64 = 0;
    let light: u64 = 0;
    const blocks = min(8, last + 1 - (start >> 3));
    for (let k = 0; k < blocks; k++) {
      const value = v128.load(LINE + ((<usize>(start + 8 * k)) << 1));
      const mean = meanAt((start >> 3) + k, last);
      const isDark = i16x8.bitmask(i16x8.lt_s(value, i16x8.splat(<i16>(mean - off))));
      const isLight = i16x8.bitmask(i16x8.gt_s(value, i16x8.splat(<i16>(mean + off))));
      dark |= (<u64>isDark) << (8 * k);
      light |= (<u64>isLight) << (8 * k);
    }
    // What is neither is what was before it: as a carry goes through an addition.
    const held = ~(dark | light);
    const a = dark | held;
    const before = (a + dark + state) ^ a ^ dark;
    const after = dark | (held & before);
    let changes = after ^ before;
    state = after >> 63;
    while (changes !== 0) {
      const i = start + <i32>ctz(changes);
      changes &= changes - 1;
      store<f32>(EDGES + ((<usize>count) << 2), placeOf(i, last));
      count++;
    }
  }
  return count;
}

/** The mean of a block of eight samples and of those beside it. */
function meanAt(block: i32, last: i32): i32 {
  const at = EIGHTS + ((<usize>block) << 2);
  const before = block > 0 ? at - 4 : at;
  const after = block < last ? at + 4 : at;
  return (load<i32>(before) + load<i32>(at) + load<i32>(after)) / 24;
}

/** Where the line crosses the mean, a sample or so before it is surely beyond. */
function placeOf(i: i32, last: i32): f32 {
  if (i === 0) return 0;
  const here = sample(i);
  const step = here - sample(i - 1);
  if (step === 0) return <f32>i;
  const part = <f32>(here - meanAt(i >> 3, last)) / <f32>step;
  return <f32>i - max<f32>(0, min<f32>(2, part));
}

function sample(i: i32): i32 {
  return <i32>load<i16>(LINE + ((<usize>i) << 1));
}

function match(edges: i32, s: f32, clusters: usize, known: i32): i32 {
  let count = known;
  for (let i = 0; i < edges - 5; i += 4) {
    let fits = fitting(EDGES + ((<usize>i) << 2));
    while (fits !== 0) {
      const first = i + ctz(fits);
      fits &= fits - 1;
      if (first >= edges - 5) break;
      const at = EDGES + ((<usize>first) << 2);
      const a = load<f32>(at);
      const f = load<f32>(at, 20);
      const t = (a + load<f32>(at, 8) + load<f32>(at, 12) + f) / 4;
      // Even edges go from light to dark.
      count = addCrossing(clusters, count, t, s, (f - a) / 7, (first & 1) === 1, NEAR, APART);
    }
  }
  return count;
}

/** At which of four edges in turn a finder begins, as bits. */
function fitting(at: usize): i32 {
  const a = v128.load(at);
  const b = v128.load(at, 4);
  const c = v128.load(at, 8);
  const d = v128.load(at, 12);
  const e = v128.load(at, 16);
  const f = v128.load(at, 20);
  const module = f32x4.mul(f32x4.sub(f, a), f32x4.splat(1.0 / 7));
  const two = f32x4.add(module, module);
  const four = f32x4.add(two, two);
  let off = f32x4.abs(f32x4.sub(f32x4.sub(c, a), two));
  off = f32x4.max(off, f32x4.abs(f32x4.sub(f32x4.sub(d, b), four)));
  off = f32x4.max(off, f32x4.abs(f32x4.sub(f32x4.sub(e, c), four)));
  off = f32x4.max(off, f32x4.abs(f32x4.sub(f32x4.sub(f, d), two)));
  let fits = f32x4.le(off, module);
  fits = v128.and(fits, f32x4.ge(module, f32x4.splat(MODULE_LEAST)));
  return i32x4.bitmask(v128.and(fits, f32x4.le(module, f32x4.splat(MODULE_MOST))));
}
