import type { Luma } from '../../luma.ts';
import type { Plane } from '../plane.ts';
import type { Lines } from './lines-types.ts';
import { fixed, sampleAt } from './plain.ts';

type Eight = readonly [number, number, number, number, number, number, number, number];
const f32 = Math.fround;

/** What the kernels do with planes laid flat, as plain TypeScript; the same to the bit. */
export function plainSheets(
  seen: () => Luma,
  corner: () => { left: number; top: number },
): Pick<Lines, 'flatten' | 'values' | 'sums' | 'steps' | 'waves'> {
  const flats: Int16Array[] = [];
  const all: Float32Array[] = [];
  return {
    flatten(plane, columns, lines) {
      const pitch = (columns + 7) & ~7;
      const { left, top } = corner();
      const values = new Int16Array(pitch * lines);
      for (let line = 0; line < lines; line++) {
        for (let x = 0; x < pitch; x++) {
          const from = placeOf(plane, left, top, ((x & ~7) + 0.5) / columns, (line + 0.5) / lines);
          const to = placeOf(plane, left, top, ((x & ~7) + 8.5) / columns, (line + 0.5) / lines);
          const atX = fixed(from.x) + (x & 7) * fixed((to.x - from.x) / 8);
          const atY = fixed(from.y) + (x & 7) * fixed((to.y - from.y) / 8);
          values[line * pitch + x] = sampleAt(seen(), atX, atY);
        }
      }
      return { at: flats.push(values) - 1, columns, lines, pitch };
    },
    values: ({ at }) => flats[at]!,
    sums({ at, columns, pitch }, first, last) {
      const sums = new Int32Array(columns);
      for (let line = first; line < last; line++) {
        for (let x = 0; x < columns; x++) sums[x]! += flats[at]![line * pitch + x]!;
      }
      return sums;
    },
    steps({ at, lines, pitch }, reach, begins, around) {
      const parts = begins.length - 1;
      const raw = new Float32Array(lines * parts);
      for (let y = reach; y + reach < lines; y++) {
        for (let part = 0; part < parts; part++) {
          const [from, to] = [begins[part]!, begins[part + 1]!];
          let sum = 0;
          for (let x = from; x < to; x++) sum += stepAt(flats[at]!, pitch, reach, y, x) ** 2;
          raw[y * parts + part] = Math.sqrt(f32(f32(sum) / Math.max(1, to - from)));
        }
      }
      const less = lessMean(raw, lines, parts, around);
      return { at: all.push(less) - 1, parts, lines, stride: parts };
    },
    waves({ at, parts, lines }, height) {
      const [turnC, turnS] = [Math.cos((2 * Math.PI) / height), Math.sin((2 * Math.PI) / height)];
      const cos = new Float32Array(parts);
      const sin = new Float32Array(parts);
      let [c, s] = [1, 0];
      for (let y = 0; y < lines; y++) {
        for (let part = 0; part < parts; part++) {
          const value = all[at]![y * parts + part]!;
          cos[part]! += f32(value * f32(c));
          sin[part]! += f32(value * f32(s));
        }
        [c, s] = [c * turnC - s * turnS, s * turnC + c * turnS];
      }
      const power = cos.reduce((sum, one, i) => sum + one * one + sin[i]! * sin[i]!, 0);
      return { power, cos, sin };
    },
  };
}

function placeOf(plane: Plane, left: number, top: number, u: number, v: number) {
  const [a, b, c, d, e, f, g, h] = plane as unknown as Eight;
  const near = 1 / (g * u + (h * v + 1));
  return {
    x: ((a - left * g) * u + ((b - left * h) * v + (c - left))) * near,
    y: ((d - top * g) * u + ((e - top * h) * v + (f - top))) * near,
  };
}

function stepAt(values: Int16Array, pitch: number, reach: number, y: number, x: number): number {
  let step = 0;
  for (let k = 0; k < reach; k++) {
    step += values[(y - 1 - k) * pitch + x]! - values[(y + k) * pitch + x]!;
  }
  return (step * Math.floor(32_767 / reach) + 16_384) >> 15;
}

function lessMean(raw: Float32Array, lines: number, parts: number, reach: number): Float32Array {
  const less = new Float32Array(raw.length);
  for (let part = 0; part < parts; part++) {
    const at = (y: number) => raw[y * parts + part] ?? 0;
    let sum = 0;
    for (let y = 0; y < Math.min(reach, lines); y++) sum = f32(sum + at(y));
    for (let y = 0; y < lines; y++) {
      const [first, last] = [y - reach - 1, y + reach];
      if (last < lines) sum = f32(sum + at(last));
      if (first >= 0) sum = f32(sum - at(first));
      const count = Math.min(last, lines - 1) - Math.max(first, -1);
      less[y * parts + part] = at(y) - f32(sum / count);
    }
  }
  return less;
}
