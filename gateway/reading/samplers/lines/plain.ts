import type { Luma, Point } from '../../luma.ts';
import type { Band, Fit, Lines } from './lines-types.ts';
import { BAND_LINES } from './memory.ts';
import { plainGuards } from './plain-guards.ts';
import { plainSheets } from './plain-sheets.ts';
import { partOf, uprightOf } from './view.ts';

const f32 = Math.fround;
const BEFORE = 16;
const MIDDLE = BAND_LINES >> 1;
const ALL = Array.from({ length: BAND_LINES }, (_, i) => i);
const OTHERS = ALL.filter((i) => i % 2 === 0);
const THREE = [MIDDLE - 1, MIDDLE, MIDDLE + 1];

/** The kernels as plain TypeScript, the same to the bit: what the compiled ones are held to. */
export function plainLines(): Lines {
  let seen: Luma = { luma: new Uint8Array(0), width: 0, height: 0 };
  let corner = { left: 0, top: 0, width: 0, height: 0 };
  let fitted: Float32Array = new Float32Array(0);
  return {
    look(picture, box, around) {
      const part = partOf(picture, box, around);
      corner = part;
      seen = cutOut(picture, part);
    },
    angles(box) {
      const { left, top } = corner;
      const part = cutOut(seen, partOf(seen, { ...box, x: box.x - left, y: box.y - top }, 0));
      const half = halved(part);
      return [half, halved(half)].map(angleOf).filter((angle) => angle !== undefined);
    },
    band(from, across, down, count, least) {
      const start = { x: from.x - corner.left, y: from.y - corner.top };
      return bandOf(linesOf(seen, start, across, down, count), f32(hypot(down)), least);
    },
    edges(shares) {
      fitted = shares;
    },
    fit: (modules, step, first, last) => fitOf(fitted, modules, f32(step), first, last),
    turn: (view) => ({ ...uprightOf(view, corner), at: 0 }),
    guards: (view, taps, step, faint) => plainGuards(seen, view, taps, step, faint),
    ...plainSheets(
      () => seen,
      () => corner,
    ),
  };
}

const hypot = ({ x, y }: Point) => Math.hypot(x, y);

function cutOut(picture: Luma, part: { left: number; top: number; width: number; height: number }) {
  const { left, top, width, height } = part;
  const luma = new Uint8Array(width * height);
  for (let i = 0; i < luma.length; i++) {
    luma[i] = picture.luma[(top + Math.floor(i / width)) * picture.width + left + (i % width)]!;
  }
  return { luma, width, height };
}

function halved({ luma, width, height }: Luma): Luma {
  const [w, h] = [width >> 1, height >> 1];
  const half = new Uint8Array(w * h);
  for (let i = 0; i < half.length; i++) {
    const k = 2 * Math.floor(i / w) * width + 2 * (i % w);
    half[i] = (luma[k]! + luma[k + 1]! + luma[k + width]! + luma[k + width + 1]! + 2) >> 2;
  }
  return { luma: half, width: w, height: h };
}

function angleOf({ luma, width, height }: Luma): number | undefined {
  let [sumXX, sumYY, sumXY] = [0, 0, 0];
  for (let top = 1; top + 8 < height; top += 8) {
    for (let left = 1; left + 8 < width; left += 8) {
      let [xx, yy, xy, wayX, wayY] = [0, 0, 0, 0, 0];
      for (let i = 0; i < 64; i++) {
        const k = (top + (i >> 3)) * width + left + (i & 7);
        const gx = luma[k + 1]! - luma[k - 1]!;
        const gy = luma[k + width]! - luma[k - width]!;
        xx += gx * gx;
        yy += gy * gy;
        xy += gx * gy;
        wayX += gx;
        wayY += gy;
      }
      const lone = (wayX * wayX + wayY * wayY) / 64;
      const weight = Math.max(0, 1 - (2 * lone) / (xx + yy + 1));
      sumXX += weight * xx;
      sumYY += weight * yy;
      sumXY += weight * xy;
    }
  }
  return sumXX + sumYY === 0 ? undefined : 0.5 * Math.atan2(2 * sumXY, sumXX - sumYY);
}

/** Eighths of a level at a place, which is 16.16; outside, the border goes on. */
export function sampleAt({ luma, width, height }: Luma, atX: number, atY: number): number {
  const inside = (at: number, size: number) => Math.min(Math.max(at, 0), ((size - 1) << 16) - 1);
  const x = inside(atX, width);
  const y = inside(atY, height);
  const k = (y >> 16) * width + (x >> 16);
  const mix = (a: number, b: number) => ((a << 8) + (b - a) * ((x >> 8) & 255)) >> 1;
  const above = mix(luma[k]!, luma[k + 1]!);
  const below = mix(luma[k + width]!, luma[k + width + 1]!);
  return (above + (((below - above) * ((y >> 1) & 32_767) + 16_384) >> 15) + 8) >> 4;
}

export const fixed = (place: number): number => Math.round(place * 65_536);

/** The lines of a band, each with what is before and behind it. */
function linesOf(seen: Luma, from: Point, across: Point, down: Point, count: number) {
  const startX = fixed(from.x - BEFORE * across.x - MIDDLE * down.x);
  const startY = fixed(from.y - BEFORE * across.y - MIDDLE * down.y);
  const sample = (line: number, i: number) => {
    const x = startX + line * fixed(down.x) + i * fixed(across.x);
    return sampleAt(seen, x, startY + line * fixed(down.y) + i * fixed(across.y));
  };
  const length = count + 3 * BEFORE;
  return ALL.map((line) => Int16Array.from({ length }, (_, i) => sample(line, i)));
}

function bandOf(lines: Int16Array[], apart: number, least: number): Band {
  const count = lines[0]!.length - 3 * BEFORE;
  const sum = (which: number[], lean: number, fan: number) => {
    const out = new Int16Array(count);
    for (let x = 0; x < count; x++) {
      const along = f32(f32((2 * (x & ~7) + 7) / count) - 1);
      const slope = f32(apart * f32(lean + f32(fan * along)));
      for (const i of which) {
        const by = f32(Math.min(15, Math.max(-15, f32(slope * (i - MIDDLE)))));
        const share = Math.trunc(f32(f32(by - Math.floor(by)) * 32_767));
        const at = BEFORE + x + Math.floor(by);
        const here = lines[i]![at]!;
        out[x]! += here + (((lines[i]![at + 1]! - here) * share + 16_384) >> 15);
      }
    }
    return out;
  };
  let best = { lean: 0, fan: 0, power: -1 };
  const consider = (lean: number, fan: number) => {
    const power = sharpness(sum(OTHERS, lean, fan));
    if (power > best.power) best = { lean, fan, power };
  };
  const near = ({ lean, fan }: typeof best) => (sharpness(sum(THREE, lean, fan)) * 225) / 9 + 1;
  const shared = (at: typeof best) => sharpness(sum(ALL, at.lean, at.fan)) / near(at);
  for (let k = -5; k <= 5; k++) consider(f32(k * f32(0.04)), 0);
  const coarse = best.lean;
  for (const more of [-0.025, 0.025, -0.012, 0.012]) consider(f32(coarse + f32(more)), 0);
  if (shared(best) >= least) {
    const straight = best.lean;
    for (let f = -2; f <= 2; f++) {
      for (let k = -1; k <= 1; k++)
        consider(f32(straight + f32(k * f32(0.02))), f32(f * f32(0.06)));
    }
  }
  const values = Float32Array.from(sum(ALL, best.lean, best.fan), (one) => one / (BAND_LINES * 8));
  return { values, lasting: f32(shared(best)) };
}

function sharpness(line: Int16Array): number {
  let sum = 0;
  for (let i = 2; i < line.length; i++) sum += (line[i]! - line[i - 2]!) ** 2;
  return sum;
}

function fitOf(
  edges: Float32Array,
  modules: number,
  step: number,
  first: number,
  last: number,
): Fit {
  let best = { slant: 0, fitting: -1 };
  const consider = (slant: number) => {
    const scale = f32(f32(modules) * f32(1 + slant));
    const off = [0, 0, 0, 0];
    edges.forEach((share, i) => {
      const place = f32(f32(scale * share) / f32(1 + f32(slant * share)));
      off[i & 3] = f32(off[i & 3]! + f32(Math.abs(f32(place - nearest(place)))));
    });
    const all = off.reduce((a, b) => f32(a + b));
    const fitting = f32(1 - f32(f32(4 * all) / edges.length));
    if (fitting > best.fitting) best = { slant, fitting };
  };
  for (let k = first; k <= last; k++) consider(f32(k * step));
  for (const side of [-0.5, 0.5]) consider(f32(best.slant + f32(side * step)));
  return best;
}

/** The whole number next to it; of two the even one. */
function nearest(place: number): number {
  const low = Math.floor(place);
  if (place - low === 0.5) return low % 2 === 0 ? low : low + 1;
  return Math.round(place);
}
