import type { Box } from '../box.ts';
import type { Luma, Point } from '../luma.ts';
import { marginOf } from './margin.ts';

/** Noise is counted in steps of an eighth of a level. */
const BINS_A_LEVEL = 8;
const NOISE_BINS = 256;

/** The box seen along its edges: `t` runs across the bars, `s` along them, both in pixels. */
export interface Turned {
  readonly picture: Luma;
  readonly centre: Point;
  readonly cos: number;
  readonly sin: number;
  /** Half the width and height of the box with its margin. */
  readonly half: Point;
  /** Lines from -reach to reach cross the box. */
  readonly reach: number;
}

/** @param angle the direction across the bars, in radians from the row */
export function turn(picture: Luma, box: Box, angle: number): Turned {
  const margin = marginOf(box);
  const half = { x: box.width / 2 + margin, y: box.height / 2 + margin };
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return {
    picture,
    centre: { x: box.x + box.width / 2, y: box.y + box.height / 2 },
    cos,
    sin,
    half,
    reach: Math.abs(half.x * sin) + Math.abs(half.y * cos),
  };
}

/** Where (t, s) is in the picture. */
export function toPicture({ centre, cos, sin }: Turned, t: number, s: number): Point {
  return { x: centre.x + t * cos - s * sin, y: centre.y + t * sin + s * cos };
}

/** The stretch of line `s` that lies in the box and in the picture; empty where from > to. */
export function stretch(turned: Turned, s: number): { from: number; to: number } {
  const { centre, cos, sin, half, picture } = turned;
  const span = { from: -1e9, to: 1e9 };
  const least = { x: Math.max(0, centre.x - half.x), y: Math.max(0, centre.y - half.y) };
  const most = {
    x: Math.min(picture.width - 1, centre.x + half.x),
    y: Math.min(picture.height - 1, centre.y + half.y),
  };
  clip(span, centre.x - s * sin, cos, least.x, most.x);
  clip(span, centre.y + s * cos, sin, least.y, most.y);
  return span;
}

function clip(
  span: { from: number; to: number },
  at: number,
  by: number,
  low: number,
  high: number,
) {
  if (Math.abs(by) < 1e-9) {
    if (at < low || at > high) span.to = -2e9;
    return;
  }
  const a = (low - at) / by;
  const b = (high - at) / by;
  span.from = Math.max(span.from, Math.min(a, b));
  span.to = Math.min(span.to, Math.max(a, b));
}

/** The noise of a line: the median of how far samples are from their neighbours' mean. */
export function noiseOf(line: Float32Array, count: number): number {
  const bins = new Uint16Array(NOISE_BINS);
  for (let i = 1; i + 1 < count; i++) {
    const off = Math.abs(line[i]! - (line[i - 1]! + line[i + 1]!) / 2);
    const bin = Math.min(NOISE_BINS - 1, (off * BINS_A_LEVEL) | 0);
    bins[bin] = bins[bin]! + 1;
  }
  let left = (count - 2) / 2;
  let bin = 0;
  while (bin < NOISE_BINS - 1 && left > bins[bin]!) left -= bins[bin++]!;
  return (bin + left / Math.max(1, bins[bin]!)) / BINS_A_LEVEL;
}

/** The difference between the lightest and the darkest sample of a line. */
export function rangeOf(line: Float32Array, count: number): number {
  let low = 255;
  let high = 0;
  for (let i = 0; i < count; i++) {
    if (line[i]! < low) low = line[i]!;
    if (line[i]! > high) high = line[i]!;
  }
  return high - low;
}
