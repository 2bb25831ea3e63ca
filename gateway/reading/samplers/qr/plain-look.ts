import type { Luma } from '../../luma.ts';
import type { Warp } from './kernel.ts';
import type { Known } from './known.ts';

type Five = readonly [number, number, number, number, number];
type Eleven = readonly [...Five, ...Five, number];

const f32 = Math.fround;
/** Places are counted in so many parts of a pixel. */
const PARTS = 128;
/** Lanes that sums are made in. */
const LANES = 4;

/**
 * What is seen at (u, v) of a symbol, as assembly/look.ts sees it, to the bit: brightness between
 * four pixels, less 128; beside the picture the nearest pixel's.
 */
export function lookThrough({ luma, width, height }: Luma, warp: Warp) {
  const figures = Array.from(warp, f32) as unknown as Eleven;
  const [a, b, left, c, d, top, g, k, bendU, bendV, rest] = figures;
  return (u: number, v: number): number => {
    const bu = f32(u + f32(bendU * f32(f32(v * v) - rest)));
    const bv = f32(v + f32(bendV * f32(f32(u * u) - rest)));
    const near = f32(PARTS / f32(f32(f32(g * bu) + f32(k * bv)) + 1));
    const px = f32(f32(f32(f32(a * bu) + f32(b * bv)) * near) + f32(left * PARTS));
    const py = f32(f32(f32(f32(c * bu) + f32(d * bv)) * near) + f32(top * PARTS));
    const x = Math.trunc(inside(px, width));
    const y = Math.trunc(inside(py, height));
    const at = (y >> 7) * width + (x >> 7);
    const mix = (i: number) => {
      const tone = luma[i] ?? 0;
      return tone * PARTS + ((luma[i + 1] ?? 0) - tone) * (x & 127);
    };
    const value = mix(at) * (PARTS - (y & 127)) + mix(at + width) * (y & 127);
    return value / PARTS ** 2 - 128;
  };
}

/** In parts of a pixel, with another pixel behind it. */
function inside(at: number, size: number): number {
  const last = f32(f32(size - f32(1.01)) * PARTS);
  return Math.max(0, at < last ? at : last);
}

/** The correlation of known modules with what they have to be, as assembly/look.ts sums it. */
export function plainLikeness(picture: Luma, known: Known, warp: Warp): number {
  const { u, v, weight, power } = known;
  const look = lookThrough(picture, warp);
  const seen = Array.from(u, (at, i) => look(at, v[i]!));
  const all = sumOf(seen);
  const squares = sumOf(seen.map((value) => f32(value * value)));
  const both = sumOf(seen.map((value, i) => f32(value * weight[i]!)));
  const variance = f32(squares - f32(f32(all * all) / seen.length));
  return variance < 1 ? 0 : f32(both / f32(Math.sqrt(f32(variance * f32(power)))));
}

/** The sum of values as four lanes make it. */
export function sumOf(values: readonly number[]): number {
  const lanes = new Float32Array(LANES);
  for (const [i, value] of values.entries()) lanes[i % LANES]! += value;
  return lanes.reduce((sum, lane) => f32(sum + lane));
}
