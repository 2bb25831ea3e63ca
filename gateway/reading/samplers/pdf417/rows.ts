import { PER_MODULE, type Sheet } from './sheet.ts';

/** Heights of a row that are looked for, in modules. */
const ROW_MIN = 1.7;
const ROW_MAX = 6.5;
const ROWS_MIN = 3;
const ROWS_MAX = 90;
/** Bent paper: rows may rise by this much to the sides or fall, as a share of the width. */
const BEND_MAX = 0.17;

/** How the rows lie on a sheet. */
export interface Rows {
  /** Line of the first row's upper edge at the middle of the width, and a row's height in lines. */
  readonly top: number;
  readonly height: number;
  readonly count: number;
  /** Lines that a row has risen by at the right edge against the middle, and at both edges. */
  readonly slant: number;
  readonly bend: number;
  /** How much clearer rows' edges are than their middles; noise is below 1. */
  readonly clear: number;
}

/** Where a row that is `line` in the middle is at sample `x`. */
export function lineAt(sheet: Sheet, rows: Pick<Rows, 'slant' | 'bend'>, line: number, x: number) {
  const u = (2 * x) / sheet.columns - 1;
  return line + rows.slant * u + rows.bend * u * u;
}

/**
 * Finds the rows by where one line differs from the next in all columns at once: first how slanted
 * and bent they are, then their height.
 * Cost: about 2 ms for a ticket's symbol, 8 at most.
 */
export function rowsOf(sheet: Sheet): Rows[] {
  const steps = stepsOf(sheet);
  const { slant, bend } = alignment(sheet, steps);
  const merged = merge(sheet, steps, slant, bend);
  return periods(sheet, merged).map((period) => ({ ...period, slant, bend }));
}

/** By codeword and line: how far the lines above differ from those below. */
function stepsOf(sheet: Sheet): Float32Array[] {
  const { values, columns, lines, codewords, begins, moduleLines } = sheet;
  const reach = Math.max(1, Math.round(1.1 * moduleLines));
  return Array.from({ length: codewords }, (_, i) => {
    const from = Math.max(0, Math.round(begins[i]!));
    const to = Math.min(columns, Math.round(begins[i + 1]!));
    const steps = new Float32Array(lines);
    for (let x = from; x < to; x++) {
      let above = 0;
      let below = 0;
      for (let k = 0; k < reach; k++) {
        above += values[k * columns + x]!;
        below += values[(k + reach) * columns + x]!;
      }
      for (let y = reach; y + reach < lines; y++) {
        const step = (above - below) / reach;
        steps[y] = steps[y]! + step * step;
        const middle = values[y * columns + x]!;
        above += middle - values[(y - reach) * columns + x]!;
        below += values[(y + reach) * columns + x]! - middle;
      }
    }
    for (let y = 0; y < lines; y++) steps[y] = Math.sqrt(steps[y]! / Math.max(1, to - from));
    return steps;
  });
}

function merge(sheet: Sheet, steps: readonly Float32Array[], slant: number, bend: number) {
  const merged = new Float32Array(sheet.lines);
  const centres = steps.map((_, i) => (sheet.begins[i]! + sheet.begins[i + 1]!) / 2);
  steps.forEach((one, i) => {
    const shift = lineAt(sheet, { slant, bend }, 0, centres[i]!);
    const whole = Math.floor(shift);
    const part = shift - whole;
    for (let y = 0; y < sheet.lines; y++) {
      const at = y + whole;
      if (at < 0 || at + 1 >= sheet.lines) continue;
      merged[y] = merged[y]! + one[at]! * (1 - part) + one[at + 1]! * part;
    }
  });
  return merged;
}

/** The slant and bend that make the edges of rows meet: the sum's greatest variance. */
function alignment(sheet: Sheet, steps: readonly Float32Array[]) {
  const step = Math.max(0.3, 0.4 * sheet.moduleLines);
  const bendMax = (BEND_MAX * sheet.columns * sheet.moduleLines) / PER_MODULE;
  const slantMax = 2.6 * sheet.moduleLines;
  let best = { slant: 0, bend: 0, score: -1 };
  const consider = (slant: number, bend: number) => {
    const merged = merge(sheet, steps, slant, bend);
    let sum = 0;
    let squares = 0;
    for (const value of merged) {
      sum += value;
      squares += value * value;
    }
    const variance = squares / merged.length - (sum / merged.length) ** 2;
    const score = variance * (1 - 0.08 * Math.abs(bend / bendMax) - 0.08 * Math.abs(slant / slantMax));
    if (score > best.score) best = { slant, bend, score };
  };
  for (let bend = -bendMax; bend <= bendMax; bend += step) {
    for (let slant = -slantMax; slant <= slantMax; slant += step) consider(slant, bend);
  }
  const { slant, bend } = best;
  for (const more of [-0.5, 0.5]) {
    consider(slant + more * step, bend);
    consider(slant, bend + more * step);
  }
  return best;
}

/** The best heights of a row, and where its first row begins: at most two, apart from each other. */
function periods(sheet: Sheet, merged: Float32Array) {
  const { moduleLines, lines } = sheet;
  const found: { top: number; height: number; count: number; clear: number }[] = [];
  let spread = 0;
  let mean = 0;
  for (const value of merged) mean += value / lines;
  for (const value of merged) spread += (value - mean) ** 2 / lines;
  const level = (y: number) => {
    const i = Math.floor(y);
    return i < 0 || i + 1 >= lines ? 0 : merged[i]! + (y - i) * (merged[i + 1]! - merged[i]!);
  };
  const reach = extentOf(merged, mean);
  for (let height = ROW_MIN * moduleLines; height <= ROW_MAX * moduleLines; height *= 1.012) {
    const whole = (reach.to - reach.from) / height;
    if (whole < ROWS_MIN - 0.5 || whole > ROWS_MAX) continue;
    for (let phase = 0; phase < 1; phase += 0.08) {
      let edges = 0;
      let middles = 0;
      let count = 0;
      for (let y = reach.from + (phase - 0.5) * height; y <= reach.to + 0.5 * height; y += height) {
        edges += level(y);
        middles += level(y + height / 2);
        count++;
      }
      const clear = (edges - middles) / count / Math.sqrt(spread + 1e-12);
      const top = reach.from + (phase - 0.5) * height;
      found.push({ top, height, count, clear });
    }
  }
  found.sort((a, b) => b.clear - a.clear);
  const best = found[0];
  if (!best) return [];
  const other = found.find((one) => Math.abs(one.height / best.height - 1) > 0.08);
  return other ? [best, other] : [best];
}

/** From the first to the last line that differs as those of a symbol do. */
function extentOf(merged: Float32Array, mean: number): { from: number; to: number } {
  let from = 0;
  let to = merged.length - 1;
  while (from < to && merged[from]! < 0.8 * mean) from++;
  while (to > from && merged[to]! < 0.8 * mean) to--;
  return { from, to };
}
