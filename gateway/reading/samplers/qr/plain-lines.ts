import type { Luma } from '../../luma.ts';

const f32 = Math.fround;
/** Samples of a line at most. */
const LINE_MOST = 12_000;
/** What is less beside the mean around it is neither dark nor light: in quarters of a level, */
const OFF_LEAST = 4;
/** of the noise, and of what the line spans. */
const OFF_NOISE = f32(1.1);
const OFF_RANGE = f32(0.075);
/** Noise is looked at on every so manieth line, and is no more than so many eighths of a level. */
const NOISE_LINES = 8;
const NOISE_MOST = 255;
/** Samples that share a mean: theirs and that of as many to each side. */
const BLOCK = 8;

/** Where a line crosses the middle of what looks like a pattern: s is the line, t along it. */
export interface Crossing {
  readonly t: number;
  readonly s: number;
  /** Pixels of a module. */
  readonly module: number;
  /** Light on dark. */
  readonly inverted: boolean;
}

/** A pattern that begins at one of a line's edges; the even ones of these go from light to dark. */
export type Match = (edges: readonly number[], first: number) => Omit<Crossing, 's'> | undefined;

/** All crossings of a pattern by lines `step` pixels apart: what `cross` of the kernels gathers. */
export function plainCrossings(picture: Luma, step: number, match: Match): Crossing[] {
  const found: Crossing[] = [];
  const noise = f32(OFF_NOISE * noiseOf(picture));
  for (let s = 1; s < picture.height - 1; s += step) {
    const line = mixed(picture, Math.floor(s));
    const range = f32(OFF_RANGE * (Math.max(...line) - Math.min(...line)));
    const edges = edgesOf(line, Math.max(OFF_LEAST, Math.trunc(Math.min(noise, range))));
    for (const first of edges.keys()) {
      const crossing = match(edges, first);
      if (crossing) found.push({ ...crossing, s });
    }
  }
  return found;
}

/** A line and its neighbours, 1-2-1. */
function mixed({ luma, width }: Luma, y: number): number[] {
  const at = (x: number, line: number) => luma[line * width + x]!;
  return Array.from({ length: Math.min(width, LINE_MOST) }, (_, x) => {
    return at(x, y - 1) + 2 * at(x, y) + at(x, y + 1);
  });
}

/** The median of how far samples are from their neighbours' mean, in eighths of a level. */
function noiseOf(picture: Luma): number {
  const offs: number[] = [];
  for (let y = 1; y < picture.height - 1; y += NOISE_LINES) {
    const line = mixed(picture, y);
    for (let x = 1; x + 1 < line.length; x++) {
      offs.push(Math.abs(2 * line[x]! - line[x - 1]! - line[x + 1]!));
    }
  }
  offs.sort((a, b) => a - b);
  return Math.min(NOISE_MOST, offs[(offs.length >> 1) - 1] ?? 0);
}

/**
 * Where a line changes between dark and light, the first time to dark: a sample is dark or light
 * where it is more than `off` beyond the mean around it, else what the one before it is.
 */
function edgesOf(line: readonly number[], off: number): number[] {
  const last = line.length - 1;
  const blocks = Array.from({ length: Math.ceil(line.length / BLOCK) }, (_, block) => {
    // Beyond the line's end its last sample goes on.
    const places = Array.from({ length: BLOCK }, (_, k) => Math.min(last, block * BLOCK + k));
    return places.reduce((sum, i) => sum + line[i]!, 0);
  });
  const means = blocks.map((sum, block) => {
    const sides = (blocks[block - 1] ?? sum) + (blocks[block + 1] ?? sum);
    return Math.floor((sides + sum) / (3 * BLOCK));
  });
  const edges: number[] = [];
  let wasDark = false;
  for (const [i, sample] of line.entries()) {
    const mean = means[Math.floor(i / BLOCK)]!;
    const isDark: boolean = sample < mean - off || (wasDark && sample <= mean + off);
    if (isDark !== wasDark) edges.push(placeOf(line, i, mean));
    wasDark = isDark;
  }
  return edges;
}

/** Where the line crosses the mean, no more than two samples before it is surely beyond. */
function placeOf(line: readonly number[], i: number, mean: number): number {
  const step = i === 0 ? 0 : line[i]! - line[i - 1]!;
  if (step === 0) return i;
  return f32(i - Math.max(0, Math.min(2, f32((line[i]! - mean) / step))));
}
