import { PER_MODULE, type Sheet } from './sheet.ts';

/** Heights of a row that are looked for, in modules, each so much more than the one before. */
const ROW_MIN = 1.8;
const ROW_MAX = 6.5;
const ROW_STEP = 1.015;
/** So many heights are looked at closely. */
const HEIGHTS_MAX = 2;
/** Bent paper: rows may rise to the sides by this share of the width. */
const BEND_MAX = 0.17;
/** A bend is believed when it makes the rows clearer by this factor. */
const BEND_GAIN = 1.12;

/** A codeword's column is looked at in so many parts, or rows at a slant would cancel in it. */
const CHUNKS = 3;

/** How the rows lie on a sheet; which row of the symbol is the first is not known yet. */
export interface Rows {
  /** Line of the first row's upper edge at the middle of the width, and a row's height in lines. */
  readonly top: number;
  readonly height: number;
  readonly count: number;
  /** Lines that a row has fallen by at the right edge against the middle, and at both edges. */
  readonly slant: number;
  readonly bend: number;
  readonly clear: number;
}

/** Where a row that is at `line` in the middle is at sample `x`. */
export function lineAt(sheet: Sheet, rows: Pick<Rows, 'slant' | 'bend'>, line: number, x: number) {
  const u = (2 * x) / sheet.columns - 1;
  return line + rows.slant * u + rows.bend * u * u;
}

/** One wave through the lines of each codeword's column. */
interface Waves {
  readonly height: number;
  readonly cos: Float32Array;
  readonly sin: Float32Array;
  readonly power: number;
}

/**
 * Finds the rows by where one line differs from the next: the wavelength that all columns share,
 * then the slant and the bend by which their phases meet. Most likely first.
 * Cost: 2 to 4 ms for a ticket's symbol.
 */
export function rowsOf(sheet: Sheet): Rows[] {
  const steps = stepsOf(sheet);
  const all: Waves[] = [];
  const last = Math.min(ROW_MAX * sheet.moduleLines, sheet.lines / 4);
  for (let height = ROW_MIN * sheet.moduleLines; height <= last; height *= ROW_STEP) {
    all.push(wavesOf(steps, height));
  }
  const peaks = all.filter(
    ({ power }, i) => power >= (all[i - 1]?.power ?? 0) && power >= (all[i + 1]?.power ?? 0),
  );
  peaks.sort((a, b) => b.power - a.power);
  const found = peaks.slice(0, HEIGHTS_MAX).flatMap((waves) => meet(sheet, waves));
  return found.sort((a, b) => b.clear - a.clear);
}

/** By codeword and line: how far the lines above differ from those below, less the usual. */
function stepsOf(sheet: Sheet): Float32Array[] {
  const { columns, lines, codewords, begins, moduleLines } = sheet;
  const reach = Math.max(1, Math.round(1.1 * moduleLines));
  return Array.from({ length: CHUNKS * codewords }, (_, i) => {
    const from = Math.max(0, Math.round(edgeOf(begins, i)));
    const to = Math.min(columns, Math.round(edgeOf(begins, i + 1)));
    const steps = new Float32Array(lines);
    for (let x = from; x < to; x++) addSteps(sheet, x, reach, steps);
    for (let y = 0; y < lines; y++) steps[y] = Math.sqrt(steps[y]! / Math.max(1, to - from));
    return lessMean(steps, Math.round(4 * moduleLines));
  });
}

/** Where a part of a codeword's column begins. */
function edgeOf(begins: Float32Array, i: number): number {
  const column = Math.floor(i / CHUNKS);
  const at = begins[column]!;
  return i % CHUNKS === 0 ? at : at + ((i % CHUNKS) / CHUNKS) * (begins[column + 1]! - at);
}

function addSteps({ values, columns, lines }: Sheet, x: number, reach: number, out: Float32Array) {
  let above = 0;
  let below = 0;
  for (let k = 0; k < reach; k++) {
    above += values[k * columns + x]!;
    below += values[(k + reach) * columns + x]!;
  }
  for (let y = reach; y + reach < lines; y++) {
    const step = (above - below) / reach;
    out[y] = out[y]! + step * step;
    const middle = values[y * columns + x]!;
    above += middle - values[(y - reach) * columns + x]!;
    below += values[(y + reach) * columns + x]! - middle;
  }
}

/** Takes away the mean of the lines around, so that only what repeats is left. */
function lessMean(steps: Float32Array, reach: number): Float32Array {
  const sums = new Float32Array(steps.length + 1);
  for (let i = 0; i < steps.length; i++) sums[i + 1] = sums[i]! + steps[i]!;
  return steps.map((step, i) => {
    const from = Math.max(0, i - reach);
    const to = Math.min(steps.length, i + reach + 1);
    return step - (sums[to]! - sums[from]!) / (to - from);
  });
}

function wavesOf(steps: readonly Float32Array[], height: number): Waves {
  const cos = new Float32Array(steps.length);
  const sin = new Float32Array(steps.length);
  const turnCos = Math.cos((2 * Math.PI) / height);
  const turnSin = Math.sin((2 * Math.PI) / height);
  let power = 0;
  steps.forEach((lines, i) => {
    let c = 1;
    let s = 0;
    let sumC = 0;
    let sumS = 0;
    for (const value of lines) {
      sumC += value * c;
      sumS += value * s;
      const next = c * turnCos - s * turnSin;
      s = s * turnCos + c * turnSin;
      c = next;
    }
    cos[i] = sumC;
    sin[i] = sumS;
    power += sumC * sumC + sumS * sumS;
  });
  return { height, cos, sin, power };
}

/** The slant and bend by which the columns' waves meet: straight, and bent if that is better. */
function meet(sheet: Sheet, { height, cos, sin }: Waves): Rows[] {
  const { begins, columns, moduleLines, codewords } = sheet;
  const us = Array.from(
    { length: CHUNKS * codewords },
    (_, i) => (edgeOf(begins, i) + edgeOf(begins, i + 1)) / columns - 1,
  );
  const bendMax = (BEND_MAX * columns * moduleLines) / PER_MODULE;
  const sumAt = (slant: number, bend: number) => {
    let sumC = 0;
    let sumS = 0;
    us.forEach((u, i) => {
      const angle = (2 * Math.PI * (slant * u + bend * u * u)) / height;
      const c = Math.cos(angle);
      const s = Math.sin(angle);
      sumC += cos[i]! * c + sin[i]! * s;
      sumS += sin[i]! * c - cos[i]! * s;
    });
    return { size: Math.hypot(sumC, sumS), angle: Math.atan2(sumS, sumC) };
  };
  const search = (bends: number) => {
    let best = { slant: 0, bend: 0, size: -1, angle: 0 };
    for (let bend = -bends; bend <= bends + 1e-9; bend += height / 8) {
      for (let slant = -height; slant <= height + 1e-9; slant += height / 8) {
        const { size, angle } = sumAt(slant, bend);
        const score = size * (1 - (0.1 * Math.abs(slant)) / height - (0.1 * Math.abs(bend)) / bendMax);
        if (score > best.size) best = { slant, bend, size: score, angle };
      }
    }
    return best;
  };
  const flat = search(height / 4);
  const bent = search(Math.ceil((8 * bendMax) / height) * (height / 8));
  const all = bent.size > BEND_GAIN * flat.size ? [bent, flat] : [flat];
  return all.map(({ slant, bend, size, angle }) => {
    const phase = ((angle / (2 * Math.PI)) % 1) * height;
    // Begin above the sheet wherever the rows are highest, end below it where they are lowest.
    const rise = Math.abs(slant) + Math.abs(bend);
    const top = phase - height * Math.ceil((phase + rise) / height);
    const count = Math.ceil((sheet.lines + rise - top) / height);
    return { top, height, count, slant, bend, clear: size };
  });
}
