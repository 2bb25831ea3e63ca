import { PATTERNS, WORDS } from './clusters.ts';
import { lineAt, type Rows } from './rows.ts';
import { PER_MODULE, type Sheet } from './sheet.ts';

const MODULES = 17;
/** A row's lines near its edges hold its neighbours' light as well: this much is left out above. */
const EDGE_SHARE = 0.22;

/** What the codewords of rows look like: 17 modules each, by row and column. */
export interface Cells {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** The best pattern of one cluster for one cell. */
export interface Match {
  readonly word: number;
  /** Correlation with it, 0 to 1. */
  readonly likeness: number;
  /** By how much it is better than the next. */
  readonly lead: number;
}

/**
 * Samples every codeword: the mean over the lines of its row, then each module against its two
 * neighbours to undo blur.
 * @param sharpen how much of the neighbours' light is taken away, 0 to 1
 */
export function cellsOf(sheet: Sheet, rows: Rows, sharpen: number): Cells {
  const { codewords, begins } = sheet;
  const values = new Float32Array(rows.count * codewords * MODULES);
  // Two modules more on either side, so that the outer ones have neighbours too.
  const modules = new Float32Array(MODULES + 2);
  for (let row = 0, k = 0; row < rows.count; row++) {
    for (let column = 0; column < codewords; column++) {
      const width = (begins[column + 1]! - begins[column]!) / MODULES;
      for (let m = -1; m <= MODULES; m++) {
        modules[m + 1] = moduleAt(sheet, rows, row, begins[column]! + (m + 0.5) * width, width);
      }
      for (let m = 1; m <= MODULES; m++, k++) {
        const around = (modules[m - 1]! + modules[m + 1]!) / 2;
        values[k] = modules[m]! + sharpen * (modules[m]! - around);
      }
    }
  }
  return { values, rows: rows.count, columns: codewords };
}

/** The mean of a module's middle: three samples wide, the inner lines of its row high. */
function moduleAt(sheet: Sheet, rows: Rows, row: number, x: number, width: number): number {
  const { values, columns, lines } = sheet;
  const top = lineAt(sheet, rows, rows.top + row * rows.height, x);
  const from = Math.max(0, Math.round(top + EDGE_SHARE * rows.height));
  const to = Math.min(lines, Math.max(from + 1, Math.round(top + (1 - EDGE_SHARE) * rows.height)));
  let sum = 0;
  let count = 0;
  for (let part = -1; part <= 1; part++) {
    const at = x + (part * width) / PER_MODULE - 0.5;
    const left = Math.max(0, Math.min(columns - 2, Math.floor(at)));
    const share = at - left;
    for (let line = from; line < to; line++) {
      const i = line * columns + left;
      sum += values[i]! + share * (values[i + 1]! - values[i]!);
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}

/** How light each bar count makes a pattern: 1 / deviation, by the number of its dark modules. */
const WEIGHTS = Float32Array.from({ length: MODULES + 1 }, (_, dark) => {
  const share = dark / MODULES;
  return dark === 0 || dark === MODULES ? 0 : 1 / Math.sqrt(MODULES * share * (1 - share));
});
/** The dark modules of every pattern: how many there are, and the share that they weigh. */
const DARK = PATTERNS.map((pattern) => {
  let count = 0;
  for (let bits = pattern; bits; bits &= bits - 1) count++;
  return count;
});

/**
 * The pattern of a cluster that is most like a cell, by correlation: shade and contrast do not
 * matter. Cost: 929 patterns in about 10 µs, by tables of 512 and 256 partial sums.
 */
export function matchOf(cells: Cells, row: number, column: number, cluster: number): Match {
  const start = (row * cells.columns + column) * MODULES;
  const seen = cells.values.subarray(start, start + MODULES);
  let mean = 0;
  for (const value of seen) mean += value / MODULES;
  let power = 0;
  for (let m = 0; m < MODULES; m++) power += (seen[m]! - mean) ** 2;
  if (power < 1e-9) return { word: 0, likeness: 0, lead: 0 };
  partialSums(seen, mean);
  let best = -1e9;
  let second = -1e9;
  let word = 0;
  const base = cluster * WORDS;
  for (let i = 0; i < WORDS; i++) {
    const pattern = PATTERNS[base + i]!;
    const sum = HIGH[pattern >> 8]! + LOW[pattern & 255]!;
    const likeness = sum * WEIGHTS[DARK[base + i]!]!;
    if (likeness > best) {
      second = best;
      best = likeness;
      word = i;
    } else if (likeness > second) second = likeness;
  }
  const scale = 1 / Math.sqrt(power);
  return { word, likeness: Math.max(0, best * scale), lead: (best - second) * scale };
}

/** The correlation of a cell with one word's pattern, -1 to 1. */
export function likenessOf(
  cells: Cells,
  row: number,
  column: number,
  cluster: number,
  word: number,
) {
  const start = (row * cells.columns + column) * MODULES;
  let mean = 0;
  for (let m = 0; m < MODULES; m++) mean += cells.values[start + m]! / MODULES;
  const pattern = PATTERNS[cluster * WORDS + word]!;
  let power = 0;
  let sum = 0;
  for (let m = 0; m < MODULES; m++) {
    const value = cells.values[start + m]! - mean;
    power += value * value;
    if ((pattern >> (MODULES - 1 - m)) & 1) sum -= value;
  }
  return power < 1e-9 ? 0 : (sum * WEIGHTS[DARK[cluster * WORDS + word]!]!) / Math.sqrt(power);
}

const HIGH = new Float32Array(512);
const LOW = new Float32Array(256);

/** How dark the modules of every half of a pattern are together: the first nine, the last eight. */
function partialSums(seen: Float32Array, mean: number): void {
  fill(HIGH, seen, mean, 8);
  fill(LOW, seen, mean, 16);
}

function fill(sums: Float32Array, seen: Float32Array, mean: number, last: number): void {
  for (let bits = 1; bits < sums.length; bits++) {
    const lowest = 31 - Math.clz32(bits & -bits);
    sums[bits] = sums[bits & (bits - 1)]! + mean - seen[last - lowest]!;
  }
}
