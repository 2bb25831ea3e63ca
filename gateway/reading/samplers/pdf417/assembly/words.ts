const MODULES: usize = 17;
/** A cell has length 1; so many steps are one. Its modules are 4.1 in sum at most. */
const STEPS: f32 = 7_000;
/** Weights are parts of this. */
const WEIGHT: f32 = 0.6;
/** Bytes of sixteen patterns: four groups of modules, weights and words. */
const BLOCK = 128;
/** What a cell's modules weigh, and the sums of four of them in every choice. */
const seen: usize = memory.data(2 * 32, 16);
const sums: usize = memory.data(2 * 16, 16);

let word: i32 = 0;
let likeness: f32 = 0;
let lead: f32 = 0;

/**
 * For every `step`-th cell of a column from row `first` on, the pattern of its row's cluster that is
 * most like it: i32 word, f32 likeness and f32 lead over the next one, each row in its place.
 * Patterns are as words.ts lays them out, `blocks` of sixteen a cluster.
 * @returns the sum of the likenesses' sixth powers
 */
export function column(
  cells: usize,
  rows: i32,
  columns: i32,
  at: i32,
  phase: i32,
  first: i32,
  step: i32,
  patterns: usize,
  blocks: i32,
  out: usize,
): f64 {
  let sum: f64 = 0;
  for (let row = first; row < rows; row += step) {
    const cluster = patterns + <usize>(((row + phase) % 3) * blocks * BLOCK);
    match(cells + <usize>(row * columns + at) * MODULES * 4, cluster, blocks);
    const here = out + <usize>(row * 12);
    store<i32>(here, word);
    store<f32>(here, likeness, 4);
    store<f32>(here, lead, 8);
    const square = <f64>likeness * <f64>likeness;
    sum += square * square * square;
  }
  return sum;
}

/** Sets `word`, `likeness` and `lead` for one cell and the patterns of one cluster. */
function match(cell: usize, pattern: usize, blocks: i32): void {
  word = 0;
  likeness = 0;
  lead = 0;
  if (!weigh(cell)) return;
  // The first module is dark in every pattern and the last one light.
  const first = i16x8.splat(load<i16>(seen));
  choices(1);
  const lowA = bytes(0);
  const highA = bytes(1);
  choices(5);
  const lowB = bytes(0);
  const highB = bytes(1);
  choices(9);
  const lowC = bytes(0);
  const highC = bytes(1);
  choices(13);
  const lowD = bytes(0);
  const highD = bytes(1);
  let best = i16x8.splat(0);
  let second = best;
  let words = best;
  const end = pattern + <usize>(blocks * BLOCK);
  for (; pattern < end; pattern += BLOCK) {
    const a = v128.load(pattern);
    const b = v128.load(pattern, 16);
    const c = v128.load(pattern, 32);
    const d = v128.load(pattern, 48);
    let low = i8x16.swizzle(lowA, a);
    let high = i8x16.swizzle(highA, a);
    let sum1 = i16x8.add(first, firstEight(low, high));
    let sum2 = i16x8.add(first, lastEight(low, high));
    low = i8x16.swizzle(lowB, b);
    high = i8x16.swizzle(highB, b);
    sum1 = i16x8.add(sum1, firstEight(low, high));
    sum2 = i16x8.add(sum2, lastEight(low, high));
    low = i8x16.swizzle(lowC, c);
    high = i8x16.swizzle(highC, c);
    sum1 = i16x8.add(sum1, firstEight(low, high));
    sum2 = i16x8.add(sum2, lastEight(low, high));
    low = i8x16.swizzle(lowD, d);
    high = i8x16.swizzle(highD, d);
    sum1 = i16x8.add(sum1, firstEight(low, high));
    sum2 = i16x8.add(sum2, lastEight(low, high));
    sum1 = i16x8.q15mulr_sat_s(sum1, v128.load(pattern, 64));
    sum2 = i16x8.q15mulr_sat_s(sum2, v128.load(pattern, 80));
    second = i16x8.max_s(second, i16x8.min_s(best, sum1));
    words = v128.bitselect(v128.load(pattern, 96), words, i16x8.gt_s(sum1, best));
    best = i16x8.max_s(best, sum1);
    second = i16x8.max_s(second, i16x8.min_s(best, sum2));
    words = v128.bitselect(v128.load(pattern, 112), words, i16x8.gt_s(sum2, best));
    best = i16x8.max_s(best, sum2);
  }
  store<v128>(sums, best);
  store<v128>(sums, second, 16);
  let most = -1;
  let next = 0;
  let place = 0;
  for (let lane = 0; lane < 8; lane++) {
    const one = <i32>load<i16>(sums + ((<usize>lane) << 1));
    next = max(next, max(<i32>load<i16>(sums + ((<usize>lane) << 1), 16), min(most, one)));
    if (one > most) {
      most = one;
      place = lane;
    }
  }
  store<v128>(sums, words);
  word = load<i16>(sums + ((<usize>place) << 1));
  likeness = (<f32>most * WEIGHT) / STEPS;
  lead = (<f32>(most - next) * WEIGHT) / STEPS;
}

const firstEight = (low: v128, high: v128): v128 =>
  i8x16.shuffle(low, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
const lastEight = (low: v128, high: v128): v128 =>
  i8x16.shuffle(low, high, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);

/** How dark each module is against the mean, in steps. @returns false where all are alike */
function weigh(cell: usize): bool {
  let mean: f32 = 0;
  for (let m: usize = 0; m < MODULES; m++) mean += load<f32>(cell + (m << 2));
  mean /= <f32>MODULES;
  let power: f32 = 0;
  for (let m: usize = 0; m < MODULES; m++) {
    const off = load<f32>(cell + (m << 2)) - mean;
    power += off * off;
  }
  if (power < 1e-9) return false;
  const scale = STEPS / sqrt(power);
  for (let m: usize = 0; m < MODULES; m++) {
    const off = (mean - load<f32>(cell + (m << 2))) * scale;
    store<i16>(seen + (m << 1), <i16>nearest(off));
  }
  return true;
}

/** The sums of four modules from one on, for each choice of them: the first is the highest bit. */
function choices(from: usize): void {
  const modules = seen + (from << 1);
  store<i16>(sums, 0);
  for (let bit: usize = 0; bit < 4; bit++) {
    // The last group has three modules, its highest bit being none.
    const one = load<i16>(modules + ((3 - bit) << 1));
    const count: usize = 1 << bit;
    for (let k: usize = 0; k < count; k++) {
      store<i16>(sums + ((count + k) << 1), load<i16>(sums + (k << 1)) + one);
    }
  }
}

/** The lower or the higher bytes of the sixteen sums. */
function bytes(higher: i32): v128 {
  const a = v128.load(sums);
  const b = v128.load(sums, 16);
  if (higher) {
    return i8x16.shuffle(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  }
  return i8x16.shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
}
