import type { Luma } from '../../luma.ts';
import { brightness } from '../plane.ts';
import type { Warp } from './kernel.ts';
import type { Known } from './known.ts';

/** Modules to each side whose mean is the threshold. */
const AROUND = 4;

/** Where (u, v) of a symbol is seen: assembly/look.ts in plain TypeScript. */
function seenAt(picture: Luma, warp: Warp, u: number, v: number): number {
  const [a, b, x, c, d, y, g, h, bendU, bendV, rest] = warp as unknown as Eleven;
  const bu = u + bendU * (v * v - rest);
  const bv = v + bendV * (u * u - rest);
  const w = 1 / (g * bu + h * bv + 1);
  return brightness(picture, x + (a * bu + b * bv) * w, y + (c * bu + d * bv) * w);
}

type Eight = readonly [number, number, number, number, number, number, number, number];
type Eleven = readonly [...Eight, number, number, number];

/** The correlation of known modules with what they have to be. */
export function plainLikeness(picture: Luma, { u, v, weight, power }: Known, warp: Warp): number {
  const seen = Array.from(u, (at, i) => seenAt(picture, warp, at, v[i]!));
  const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
  const variance = seen.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const both = seen.reduce((sum, value, i) => sum + weight[i]! * value, 0);
  return variance < 1 ? 0 : both / Math.sqrt(variance * power);
}

/** All modules: assembly/modules.ts in plain TypeScript. */
export function plainModules(picture: Luma, warp: Warp, size: number, sharpen: number): number[] {
  const part = 0.5 / size;
  const raw = (x: number, y: number) => {
    const u = (2 * (x + 0.5)) / size - 1;
    const v = (2 * (y + 0.5)) / size - 1;
    const places = [...[u, v, u, v, u + part, v, u - part, v], ...[u, v + part, u, v - part]];
    let sum = 0;
    for (let i = 0; i < places.length; i += 2) {
      sum += seenAt(picture, warp, places[i]!, places[i + 1]!);
    }
    return sum / 6;
  };
  const every = Array.from({ length: size * size }, (_, i) => [i % size, Math.floor(i / size)]);
  const sharp = every.map(([x = 0, y = 0]) => {
    const around = (raw(x - 1, y) + raw(x + 1, y) + raw(x, y - 1) + raw(x, y + 1)) / 4;
    return raw(x, y) + sharpen * (raw(x, y) - around);
  });
  return every.map(([x = 0, y = 0], i) => {
    const near = sharp.filter((_, k) => {
      const [otherX = 0, otherY = 0] = every[k]!;
      return Math.abs(otherX - x) <= AROUND && Math.abs(otherY - y) <= AROUND;
    });
    const mean = near.reduce((sum, value) => sum + value, 0) / near.length;
    const variance = near.reduce((sum, value) => sum + (value - mean) ** 2, 0) / near.length;
    return (mean - sharp[i]!) / Math.sqrt(Math.max(variance, 1));
  });
}
