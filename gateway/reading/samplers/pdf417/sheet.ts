import type { Flat, Lines } from '../lines/lines-types.ts';
import { planeOf, seenAt } from '../plane.ts';
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

/** A symbol laid flat: its bars upright, its rows still to be found. */
export interface Sheet extends Flat {
  /** Data columns and the two indicators. */
  readonly codewords: number;
  /** First sample of each codeword, as its own left edge shows it; one more for the stop's. */
  readonly begins: Float32Array;
  /** Lines of one module's height, about. */
  readonly moduleLines: number;
  /** Between the darkest and the lightest of it, as its samples are. */
  readonly range: number;
  /** 1 for dark on light, -1 for light on dark. */
  readonly sign: number;
}

/** Cost: 4 ns a sample, at most 320 × 1,800 of them; 0.5 ms for a ticket's symbol. */
export function sheetOf(kernel: Lines, frame: Frame): Sheet | undefined {
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
  if (!(height >= 1 && width >= 1)) return undefined;
  const lines = Math.min(LINES_MAX, Math.ceil(height * (1 + 2 * BEYOND)));
  const columns = (frame.modules + 2 * BESIDE) * PER_MODULE;
  const flat = kernel.flatten(wide, columns, lines);
  const range = rangeOf(kernel.values(flat), flat);
  const codewords = frame.columns + 2;
  const moduleLines = ((lines / (1 + 2 * BEYOND)) * (width / frame.modules)) / height;
  const sign = frame.inverted ? -1 : 1;
  const begins = beginsOf(kernel, flat, codewords, sign);
  return { ...flat, codewords, begins, moduleLines, range, sign };
}

/** The difference between the darkest and the lightest percent of what is laid flat. */
function rangeOf(values: Int16Array, { columns, lines, pitch }: Flat): number {
  const counts = new Uint32Array(256);
  let counted = 0;
  for (let line = 0; line < lines; line += 2) {
    for (let x = line % 3, i = line * pitch + x; x < columns; x += 3, i += 3, counted++) {
      const level = values[i]! >> 3;
      counts[level] = counts[level]! + 1;
    }
  }
  const rank = (share: number) => {
    let sum = 0;
    for (let i = 0; i < 256; i++) {
      sum += counts[i]!;
      if (sum >= share * counted) return i;
    }
    return 255;
  };
  return 8 * Math.max(1, rank(0.99) - rank(0.01));
}

/** Every codeword ends light and begins dark, in every row: where the mean falls most. */
function beginsOf(kernel: Lines, flat: Flat, codewords: number, sign: number): Float32Array {
  const from = Math.floor((flat.lines * BEYOND) / (1 + 2 * BEYOND));
  const sums = kernel.sums(flat, from, flat.lines - from);
  const fall = (x: number) =>
    sign * (sums[x - 1]! + sums[x - 2]! + sums[x - 3]! - sums[x]! - sums[x + 1]! - sums[x + 2]!);
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
      best + (curve < 0 ? Math.max(-0.5, Math.min(0.5, (0.5 * (before - after)) / curve)) : 0);
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
