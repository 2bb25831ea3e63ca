import type { Luma } from '../../luma.ts';
import type { Warp } from './kernel.ts';
import { lookThrough } from './plain-look.ts';

const f32 = Math.fround;
/** Modules to each side whose mean is the threshold. */
const AROUND = 4;
/** Places in each module, as parts of one: its middle, which counts twice, and four about it. */
const PLACES = [
  [0, 0],
  [0, 0],
  [0.25, 0],
  [-0.25, 0],
  [0, 0.25],
  [0, -0.25],
] as const;

/**
 * All modules: about 1 for what is surely dark, -1 for what is surely light. What is seen is as
 * assembly/modules.ts sees it to the bit; the means are summed in another order.
 */
export function plainModules(
  picture: Luma,
  warp: Warp,
  size: number,
  sharpen: number,
  inverted: boolean,
): number[] {
  const look = lookThrough(picture, warp);
  const wide = size + 2;
  const step = f32(2 / size);
  const middle = (i: number, part: number) => f32(f32(f32(i + 0.5 + part) * step) - 1);
  const raw = Array.from({ length: wide * wide }, (_, i) => {
    const [x, y] = [(i % wide) - 1, Math.floor(i / wide) - 1];
    const seen = PLACES.map(([u, v]) => look(middle(x, u), middle(y, v)));
    return seen.reduce((sum, value) => sum + value);
  });
  const share = f32((inverted ? -1 : 1) / 6);
  const sharp = Array.from({ length: size * size }, (_, i) => {
    const at = (Math.floor(i / size) + 1) * wide + (i % size) + 1;
    const sides = f32(raw[at - 1]! + raw[at + 1]!);
    const around = f32(f32(f32(sides + raw[at - wide]!) + raw[at + wide]!) / 4);
    return f32(f32(raw[at]! + f32(f32(sharpen) * f32(raw[at]! - around))) * share);
  });
  const squares = sharp.map((value) => value * value);
  return sharp.map((value, i) => {
    const mean = meanNear(sharp, size, i);
    const variance = meanNear(squares, size, i) - mean * mean;
    return (mean - value) / Math.sqrt(Math.max(variance, 1));
  });
}

/** How far modules that are seen are from the mean around them: blurred ones are less. */
export function plainClearness(seen: readonly number[], size: number): number {
  let sum = 0;
  for (const [i, value] of seen.entries()) sum += Math.abs(value - meanNear(seen, size, i));
  return sum / seen.length;
}

function meanNear(values: readonly number[], size: number, i: number): number {
  const [x, y] = [i % size, Math.floor(i / size)];
  const [left, right] = [Math.max(0, x - AROUND), Math.min(size - 1, x + AROUND)];
  const [top, below] = [Math.max(0, y - AROUND), Math.min(size - 1, y + AROUND)];
  let sum = 0;
  for (let row = top; row <= below; row++) {
    for (let column = left; column <= right; column++) sum += values[row * size + column]!;
  }
  return sum / ((right - left + 1) * (below - top + 1));
}
