import bwipjs from 'bwip-js/node';
import type { Box } from '../../box.ts';
import type { Luma, Point } from '../../luma.ts';
import { planeOf } from '../plane.ts';

/** Pixels of paper around a code. */
const MARGIN = 44;

/** Dark cells of a code; a bar code is one row. */
export interface Cells {
  readonly dark: (u: number, v: number) => boolean;
  readonly columns: number;
  readonly aspect: number;
}

export interface Held {
  /** Width of the code in pixels, its turn in degrees, and how much its right side is nearer. */
  readonly width: number;
  readonly turn?: number;
  readonly lean?: number;
  readonly inverted?: boolean;
  /** Radius of a box blur, and the deviation of noise in levels. */
  readonly blur?: number;
  readonly noise?: number;
  readonly light?: number;
  readonly dark?: number;
}

interface Raw {
  readonly pixs: number[];
  readonly pixx: number;
  readonly pixy: number;
  readonly sbs: number[];
}

/** What bwip-js draws for a text. */
export function code(bcid: string, text: string, options = ''): Cells {
  const raw = (bwipjs.raw(bcid, text, options) as unknown as [Raw])[0];
  if (raw.sbs) {
    const bars = raw.sbs.flatMap((width, i) => new Array<boolean>(width).fill(i % 2 === 0));
    const columns = bars.length;
    return { dark: (u) => bars[Math.floor(u * columns)] ?? false, columns, aspect: 2.6 };
  }
  const rows = raw.pixs.length / raw.pixx;
  const dark = (u: number, v: number) =>
    raw.pixs[Math.floor(v * rows) * raw.pixx + Math.floor(u * raw.pixx)] === 1;
  return { dark, columns: raw.pixx, aspect: raw.pixx / raw.pixy };
}

/** A random source that gives the same numbers each time (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The code's corners, as far to the upper left as the paper around it lets them. */
export function cornersOf(cells: Cells, held: Held): [Point, Point, Point, Point] {
  const [w, h] = [held.width / 2, held.width / cells.aspect / 2];
  const angle = ((held.turn ?? 0) * Math.PI) / 180;
  const corner = (x: number, y: number) => {
    const scale = 1 + ((held.lean ?? 0) * x) / (2 * w);
    const [u, v] = [x * scale, y * scale];
    return {
      x: u * Math.cos(angle) - v * Math.sin(angle),
      y: u * Math.sin(angle) + v * Math.cos(angle),
    };
  };
  const corners = [corner(-w, -h), corner(w, -h), corner(w, h), corner(-w, h)] as const;
  const left = Math.min(...corners.map(({ x }) => x)) - MARGIN;
  const top = Math.min(...corners.map(({ y }) => y)) - MARGIN;
  const [a, b, c, d] = corners.map(({ x, y }) => ({ x: x - left, y: y - top }));
  return [a!, b!, c!, d!];
}

/** A picture of a code on paper, and the box that a locator would find it in. */
export function picture(cells: Cells, held: Held, seed = 1): { luma: Luma; box: Box } {
  const corners = cornersOf(cells, held);
  const width = Math.ceil(Math.max(...corners.map(({ x }) => x))) + MARGIN;
  const height = Math.ceil(Math.max(...corners.map(({ y }) => y))) + MARGIN;
  const values = new Float32Array(width * height).fill(1);
  const at = { u: 0, v: 0 };
  const back = inverse(corners, at);
  const box = boxAround(corners);
  for (let y = Math.floor(box.y); y < box.y + box.height; y++) {
    for (let x = Math.floor(box.x); x < box.x + box.width; x++) {
      let sum = 0;
      for (let part = 0; part < 4; part++) {
        back(x + 0.25 + 0.5 * (part & 1), y + 0.25 + 0.5 * (part >> 1));
        if (at.u >= 0 && at.u < 1 && at.v >= 0 && at.v < 1 && cells.dark(at.u, at.v)) sum++;
      }
      values[y * width + x] = 1 - sum / 4;
    }
  }
  const soft = blurred(values, width, held.blur ?? 0);
  const next = chance(seed);
  const [dark, light] = [held.dark ?? 40, held.light ?? 210];
  const luma = new Uint8Array(width * height);
  for (let i = 0; i < luma.length; i++) {
    const share = held.inverted ? 1 - soft[i]! : soft[i]!;
    const noise = (next() - 0.5) * 3.5 * (held.noise ?? 2);
    luma[i] = Math.max(0, Math.min(255, Math.round(dark + share * (light - dark) + noise)));
  }
  return { luma: { luma, width, height }, box };
}

function boxAround(corners: readonly [Point, Point, Point, Point]): Box {
  const xs = corners.map(({ x }) => x);
  const ys = corners.map(({ y }) => y);
  const [a, b, c, d] = corners;
  const along = Math.atan2(d.y - a.y + c.y - b.y, d.x - a.x + c.x - b.x);
  // Across the bars, between -π/2 and π/2, and as coarse as a locator's.
  const angle = ((((along % Math.PI) + Math.PI) % Math.PI) - Math.PI / 2 + 0.04) % Math.PI;
  const x = Math.max(0, Math.min(...xs) - 10);
  const y = Math.max(0, Math.min(...ys) - 10);
  const width = Math.max(...xs) + 10 - x;
  const height = Math.max(...ys) + 10 - y;
  return { x, y, width, height, score: 6, coherence: 0.6, angle };
}

/** Noise as a camera's, and blots of it as large as modules, in a box that fills the picture. */
export function decoy(seed: number): { luma: Luma; box: Box } {
  const next = chance(seed);
  const width = 320;
  const height = 160;
  const luma = new Uint8Array(width * height);
  const wide = 1 + Math.floor(next() * 6);
  const high = next() < 0.5 ? wide : 1 + Math.floor(next() * 60);
  const contrast = 20 + next() * 200;
  const tones = Float32Array.from({ length: width * height }, () => (next() < 0.5 ? 0 : 1));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const tone = tones[Math.floor(y / high) * width + Math.floor(x / wide)]!;
      luma[y * width + x] = Math.min(255, 20 + contrast * tone + 20 * next());
    }
  }
  const around = { x: 0, y: 0, width, height, score: 6, coherence: 0.6 };
  return { luma: { luma, width, height }, box: { ...around, angle: (next() - 0.5) * 0.3 } };
}

function blurred(values: Float32Array, width: number, radius: number): Float32Array {
  const height = values.length / width;
  if (radius === 0) return values;
  let from = values;
  for (const [dx, dy] of [
    [1, 0],
    [0, 1],
  ] as const) {
    const out = new Float32Array(from.length);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let k = -radius; k <= radius; k++) {
          const px = Math.max(0, Math.min(width - 1, x + k * dx));
          const py = Math.max(0, Math.min(height - 1, y + k * dy));
          sum += from[py * width + px]!;
        }
        out[y * width + x] = sum / (2 * radius + 1);
      }
    }
    from = out;
  }
  return from;
}

type Eight = readonly [number, number, number, number, number, number, number, number];

/** Puts where a place of the picture is in the code into `out`. */
function inverse(
  corners: readonly [Point, Point, Point, Point],
  out: { u: number; v: number },
): (x: number, y: number) => void {
  const plane = planeOf(corners);
  if (!plane) throw new RangeError('corners in a line');
  const [a, b, c, d, e, f, g, h] = plane as unknown as Eight;
  return (x, y) => {
    const m = a - g * x;
    const n = b - h * x;
    const p = d - g * y;
    const q = e - h * y;
    const det = m * q - n * p;
    out.u = ((x - c) * q - n * (y - f)) / det;
    out.v = (m * (y - f) - (x - c) * p) / det;
  };
}
