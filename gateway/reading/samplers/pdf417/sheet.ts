import type { Luma } from '../../luma.ts';
import { flatten, type Grid, planeOf, seenAt } from '../plane.ts';
import type { Frame } from './frame.ts';

/** Samples across a module. */
export const PER_MODULE = 3;
/** Modules beside the symbol that are sampled too. */
export const BESIDE = 2;
/** So much more is sampled above and below, as a share of the height: ends are uncertain. */
const BEYOND = 0.2;
const LINES_MAX = 320;
/** A codeword's own beginning is looked for so many samples to either side. */
const DRIFT = 4;

/**
 * A symbol laid flat: its bars upright, its rows still to be found. Values fall from light (1) to
 * bar (0) whatever its polarity, but are neither clipped nor evened.
 */
export interface Sheet extends Grid {
  /** Data columns and the two indicators. */
  readonly codewords: number;
  /** First sample of each codeword, as its own left edge shows it; one more for the stop's. */
  readonly begins: Float32Array;
  /** Lines of one module's height, about. */
  readonly moduleLines: number;
  /** Samples of light between the lightest and the darkest, in levels. */
  readonly contrast: number;
}

/** Cost: 15 ns a sample, at most 320 × 1,800 of them; 1 ms for a ticket's symbol. */
export function sheetOf(picture: Luma, frame: Frame): Sheet | undefined {
  const plane = planeOf(frame.corners);
  if (!plane) return undefined;
  const beside = BESIDE / frame.modules;
  const wide = planeOf([
    seenAt(plane, -beside, -BEYOND),
    seenAt(plane, 1 + beside, -BEYOND),
    seenAt(plane, 1 + beside, 1 + BEYOND),
    seenAt(plane, -beside, 1 + BEYOND),
  ]);
  if (!wide) return undefined;
  const [a, b, c, d] = frame.corners;
  const height = (Math.hypot(d.x - a.x, d.y - a.y) + Math.hypot(c.x - b.x, c.y - b.y)) / 2;
  const width = (Math.hypot(b.x - a.x, b.y - a.y) + Math.hypot(c.x - d.x, c.y - d.y)) / 2;
  const lines = Math.min(LINES_MAX, Math.ceil(height * (1 + 2 * BEYOND) * 1.25));
  const columns = (frame.modules + 2 * BESIDE) * PER_MODULE;
  const grid = flatten(picture, wide, columns, lines);
  const contrast = level(grid.values, frame.inverted);
  const codewords = frame.columns + 2;
  const moduleLines = ((lines / (1 + 2 * BEYOND)) * (width / frame.modules)) / height;
  return { ...grid, codewords, begins: beginsOf(grid, codewords), moduleLines, contrast };
}

/** Brings values to 0 and 1 for the darkest and the lightest percent, bars being the dark ones. */
function level(values: Float32Array, inverted: boolean): number {
  const counts = new Uint32Array(256);
  for (let i = 0; i < values.length; i++) counts[values[i]! | 0]!++;
  const rank = (share: number) => {
    let sum = 0;
    for (let i = 0; i < 256; i++) {
      sum += counts[i]!;
      if (sum >= share * values.length) return i;
    }
    return 255;
  };
  const low = rank(0.01);
  const range = Math.max(1, rank(0.99) - low);
  for (let i = 0; i < values.length; i++) {
    const value = (values[i]! - low) / range;
    values[i] = inverted ? 1 - value : value;
  }
  return range;
}

/** Every codeword ends light and begins dark, in every row: where the mean falls most. */
function beginsOf({ values, columns, lines }: Grid, codewords: number): Float32Array {
  const mean = new Float32Array(columns);
  const from = Math.floor((lines * BEYOND) / (1 + 2 * BEYOND));
  for (let line = from; line < lines - from; line++) {
    for (let column = 0; column < columns; column++) {
      mean[column] = mean[column]! + values[line * columns + column]!;
    }
  }
  const fall = (x: number) =>
    mean[x - 1]! + mean[x - 2]! + mean[x - 3]! - mean[x]! - mean[x + 1]! - mean[x + 2]!;
  const begins = new Float32Array(codewords + 1);
  for (let i = 0; i <= codewords; i++) {
    const expected = (BESIDE + 17 * (i + 1)) * PER_MODULE;
    let best = expected;
    for (let x = expected - DRIFT; x <= expected + DRIFT; x++) {
      if (fall(x) > fall(best)) best = x;
    }
    const [before, at, after] = [fall(best - 1), fall(best), fall(best + 1)];
    const curve = before - 2 * at + after;
    begins[i] =
      best + (curve < -1e-6 ? Math.max(-0.5, Math.min(0.5, (0.5 * (before - after)) / curve)) : 0);
  }
  return smoothed(begins);
}

/** An edge that strays from what its neighbours say by more than a sample follows them. */
function smoothed(begins: Float32Array): Float32Array {
  const step = 17 * PER_MODULE;
  return begins.map((at, i) => {
    const around = [begins[i - 1], begins[i + 1]].flatMap((other, k) =>
      other === undefined ? [] : [other + (k === 0 ? step : -step)],
    );
    const usual = around.reduce((a, b) => a + b, 0) / around.length;
    return Math.abs(at - usual) > 1.2 ? (at + 2 * usual) / 3 : at;
  });
}
