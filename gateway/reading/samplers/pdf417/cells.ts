import type { Lines } from '../lines/lines-types.ts';
import { PATTERNS, WORDS } from './clusters.ts';
import { lineAt, type Rows } from './rows.ts';
import { PER_MODULE, type Sheet } from './sheet.ts';
import { DARK, WEIGHTS } from './words.ts';

const MODULES = 17;
/** A row's lines near its edges hold its neighbours' light as well: this much is left out above. */
const EDGE_SHARE = 0.22;

/** What the codewords of rows look like: 17 modules each, by row and column. */
export interface Cells {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Samples every codeword: the mean over the lines of its row, then each module against its two
 * neighbours to undo blur.
 * @param sharpen how much of the neighbours' light is taken away, 0 to 1
 */
export function cellsOf(kernel: Lines, sheet: Sheet, rows: Rows, sharpen: number): Cells {
  const { codewords, begins, sign, range } = sheet;
  const samples = kernel.values(sheet);
  const scale = sign / range;
  const values = new Float32Array(rows.count * codewords * MODULES);
  // Two modules more on either side, so that the outer ones have neighbours too.
  const modules = new Float32Array(MODULES + 2);
  for (let row = 0, k = 0; row < rows.count; row++) {
    for (let column = 0; column < codewords; column++) {
      const width = (begins[column + 1]! - begins[column]!) / MODULES;
      for (let m = -1; m <= MODULES; m++) {
        modules[m + 1] =
          scale * moduleAt(sheet, samples, rows, row, begins[column]! + (m + 0.5) * width, width);
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
function moduleAt(
  sheet: Sheet,
  values: Int16Array,
  rows: Rows,
  row: number,
  x: number,
  width: number,
): number {
  const { columns, pitch, lines } = sheet;
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
      const i = line * pitch + left;
      sum += values[i]! + share * (values[i + 1]! - values[i]!);
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
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
