import type { Lines, Wave } from '../lines/lines-types.ts';
import { PER_MODULE, type Sheet } from './sheet.ts';

/** Heights of a row that are looked for, in modules, each so much more than the one before. */
const ROW_LEAST = 1.8;
const ROW_MOST = 6.5;
const ROW_STEP = 1.015;
/** So many heights are looked at closely. */
const HEIGHTS_MAX = 2;
/** Bent paper: rows may rise to the sides by this share of the width. */
const BEND_MOST = 0.17;
/** A bend is believed when it makes the rows clearer by this factor. */
const BEND_GAIN = 1.12;

/** Lines that a step is taken over at most. */
const REACH_MOST = 15;
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
interface Waves extends Wave {
  readonly height: number;
}

/**
 * Finds the rows by where one line differs from the next: the wavelength that all columns share,
 * then the slant and the bend by which their phases meet. Most likely first.
 * Cost: 1 ms for a ticket's symbol.
 */
export function rowsOf(kernel: Lines, sheet: Sheet): Rows[] {
  const { columns, codewords, begins, moduleLines } = sheet;
  const edges = Array.from({ length: CHUNKS * codewords + 1 }, (_, i) =>
    Math.max(0, Math.min(columns, Math.round(edgeOf(begins, i)))),
  );
  const reach = Math.max(1, Math.min(REACH_MOST, Math.round(1.1 * moduleLines)));
  if (2 * reach >= sheet.lines) return [];
  const steps = kernel.steps(sheet, reach, edges, Math.round(4 * moduleLines));
  const heights: number[] = [];
  const last = Math.min(ROW_MOST * moduleLines, sheet.lines / 4);
  for (let height = ROW_LEAST * moduleLines; height <= last; height *= ROW_STEP) {
    heights.push(height);
  }
  const powers = heights.map((height) => kernel.waves(steps, height).power);
  const peaks = powers.flatMap((power, i) =>
    power >= (powers[i - 1] ?? 0) && power >= (powers[i + 1] ?? 0) ? [i] : [],
  );
  peaks.sort((a, b) => powers[b]! - powers[a]!);
  const found = peaks.slice(0, HEIGHTS_MAX).flatMap((i) => {
    const height = heights[i]!;
    const { cos, sin, power } = kernel.waves(steps, height);
    const levels = (one: number) => one / sheet.range;
    return meet(sheet, { height, power, cos: cos.map(levels), sin: sin.map(levels) });
  });
  return found.sort((a, b) => b.clear - a.clear);
}

/** Where a part of a codeword's column begins. */
function edgeOf(begins: Float32Array, i: number): number {
  const column = Math.floor(i / CHUNKS);
  const at = begins[column]!;
  return i % CHUNKS === 0 ? at : at + ((i % CHUNKS) / CHUNKS) * (begins[column + 1]! - at);
}

/** Slants and bends are tried in steps of this part of a row. */
const STEPS_A_ROW = 8;
/** First every other one up to a whole row, then those beside the best. */
const EVEN_SLANTS = [-8, -6, -4, -2, 0, 2, 4, 6, 8];

interface Lie {
  readonly slant: number;
  readonly bend: number;
  readonly score: number;
  readonly angle: number;
}

/** The slant and bend by which the columns' waves meet: straight, and bent if that is better. */
function meet(sheet: Sheet, waves: Waves): Rows[] {
  const { columns, moduleLines } = sheet;
  const { height } = waves;
  const bendMax = (BEND_MOST * columns * moduleLines) / PER_MODULE;
  const search = searcher(sheet, waves, bendMax);
  const flat = search(2);
  const bent = search(Math.ceil((STEPS_A_ROW * bendMax) / height));
  const all = bent.score > BEND_GAIN * flat.score ? [bent, flat] : [flat];
  return all.map(({ slant, bend, score, angle }) => {
    const phase = (angle / (2 * Math.PI)) * height;
    // Begin above the sheet wherever the rows are highest, end below it where they are lowest.
    const rise = Math.abs(slant) + Math.abs(bend);
    const top = phase - height * Math.ceil((phase + rise) / height);
    const count = Math.ceil((sheet.lines + rise - top) / height);
    return { top, height, count, slant, bend, clear: score };
  });
}

/** Finds the best lie with so many steps of bend to either side. */
function searcher(sheet: Sheet, { height, cos, sin }: Waves, bendMax: number) {
  const { begins, columns } = sheet;
  const us = Float64Array.from(cos, (_, i) => {
    return (edgeOf(begins, i) + edgeOf(begins, i + 1)) / columns - 1;
  });
  const bent = { cos: new Float64Array(us.length), sin: new Float64Array(us.length) };
  const slants = phasors(us);
  const bends = phasors(us.map((u) => u * u));
  return (reach: number): Lie => {
    let best: Lie = { slant: 0, bend: 0, score: -1, angle: 0 };
    const consider = (b: number, slantSteps: readonly number[]) => {
      turnBack(cos, sin, bends(b), bent);
      const bend = (b * height) / STEPS_A_ROW;
      for (const a of slantSteps) {
        const { sumC, sumS } = together(bent, slants(a));
        const slant = (a * height) / STEPS_A_ROW;
        const strain = Math.abs(slant) / height + Math.abs(bend) / bendMax;
        const score = Math.sqrt(sumC * sumC + sumS * sumS) * (1 - 0.1 * strain);
        if (score > best.score) best = { slant, bend, score, angle: Math.atan2(sumS, sumC) };
      }
    };
    for (let b = -2 * (reach >> 1); b <= reach; b += 2) consider(b, EVEN_SLANTS);
    const at = Math.round((best.bend * STEPS_A_ROW) / height);
    const near = Math.round((best.slant * STEPS_A_ROW) / height);
    for (let b = at - 1; b <= at + 1; b++) consider(b, [near - 1, near, near + 1]);
    return best;
  };
}

interface Phasors {
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

/** By step, and kept: the turn of a wave at each place by so many eighths of a row times it. */
function phasors(places: Float64Array): (step: number) => Phasors {
  const turned = (step: number): Phasors => {
    const angles = places.map((place) => (2 * Math.PI * step * place) / STEPS_A_ROW);
    return { cos: angles.map(Math.cos), sin: angles.map(Math.sin) };
  };
  const two = turned(2);
  const kept = new Map<number, Phasors>();
  return (step) => {
    let made = kept.get(step);
    if (!made) {
      // Steps come in twos: a product is cheaper than another sine.
      const before = kept.get(step - 2);
      made = before ? product(before, two) : turned(step);
      kept.set(step, made);
    }
    return made;
  };
}

function product(a: Phasors, b: Phasors): Phasors {
  return {
    cos: a.cos.map((cos, i) => cos * b.cos[i]! - a.sin[i]! * b.sin[i]!),
    sin: a.cos.map((cos, i) => cos * b.sin[i]! + a.sin[i]! * b.cos[i]!),
  };
}

/** Waves turned back by what a bend has turned them. */
function turnBack(cos: Float32Array, sin: Float32Array, by: Phasors, out: Phasors): void {
  for (let i = 0; i < cos.length; i++) {
    out.cos[i] = cos[i]! * by.cos[i]! + sin[i]! * by.sin[i]!;
    out.sin[i] = sin[i]! * by.cos[i]! - cos[i]! * by.sin[i]!;
  }
}

/** The sum of waves that are turned back. */
function together({ cos, sin }: Phasors, by: Phasors): { sumC: number; sumS: number } {
  let sumC = 0;
  let sumS = 0;
  for (let i = 0; i < cos.length; i++) {
    sumC += cos[i]! * by.cos[i]! + sin[i]! * by.sin[i]!;
    sumS += sin[i]! * by.cos[i]! - cos[i]! * by.sin[i]!;
  }
  return { sumC, sumS };
}
