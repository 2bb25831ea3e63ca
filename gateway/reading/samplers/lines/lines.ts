import { readFileSync } from 'node:fs';
import type { Box } from '../../box.ts';
import type { Luma } from '../../luma.ts';
import type { Lines } from './lines-types.ts';

/** What assembly/index.ts exports; see there. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  halve(from: number, stride: number, w: number, h: number, to: number): void;
  tensor(from: number, w: number, h: number, out: number): void;
  rays(from: number, w: number, h: number, to: number, lines: number, ...plan: number[]): void;
  meet(rows: number, pitch: number, lines: number, ...plan: number[]): void;
  fit(edges: number, count: number, modules: number, ...plan: number[]): void;
}

/** Samples of a line that are looked at. */
export const LINE_MAX = 4_096;
/** Lines that are averaged. */
export const BAND_LINES = 15;
/** Edges of a line that are fitted to modules. */
export const EDGES_MAX = 4_096;
/** A line goes on so many samples before its first, and twice that behind its last. */
const BEFORE = 16;
const PITCH = 2 * (LINE_MAX + 3 * BEFORE);
/** Samples of a line are in parts of a level. */
const PARTS = 8;
const PAGE = 65_536;
/** Where memory begins that the compiler keeps nothing in. */
const RESULT = 1_024;
const EDGES = RESULT + 64;
const ROOM = EDGES + 4 * EDGES_MAX + 16;
const ROWS = ROOM + PITCH;
const PICTURE = ROWS + BAND_LINES * PITCH;
/** Vectors are read up to so many bytes beyond a picture. */
const SLACK = 64;
const fixed = (place: number) => Math.round(place * PAGE);

let compiled: WebAssembly.Module | undefined;
let opened: Lines | undefined;

/** The kernels of this thread; what they hold is good until the next look. */
export function lines(): Lines {
  opened ??= openLines();
  return opened;
}

/** The kernels compiled from assembly/ (kernel.wasm); one instance belongs to one thread. */
export function openLines(): Lines {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('./kernel.wasm', import.meta.url)));
  const wasm = new WebAssembly.Instance(compiled).exports as unknown as Exports;
  let bytes = new Uint8Array(wasm.memory.buffer);
  let seen = { left: 0, top: 0, width: 0, height: 0 };
  let fitted = 0;

  function reserve(end: number): void {
    const missing = end - bytes.length;
    if (missing <= 0) return;
    wasm.memory.grow(Math.ceil(missing / PAGE));
    bytes = new Uint8Array(wasm.memory.buffer);
  }

  function tensorOf(at: number, width: number, height: number): number | undefined {
    wasm.tensor(at, width, height, RESULT);
    const [xx, yy, xy] = new Float64Array(wasm.memory.buffer, RESULT, 3);
    if (xx === undefined || yy === undefined || xy === undefined || xx + yy === 0) return undefined;
    return 0.5 * Math.atan2(2 * xy, xx - yy);
  }

  return {
    look(picture, box, around) {
      seen = partOf(picture, box, around);
      const { left, top, width, height } = seen;
      reserve(PICTURE + width * height + SLACK);
      for (let row = 0, from = top * picture.width + left; row < height; row++) {
        bytes.set(picture.luma.subarray(from, from + width), PICTURE + row * width);
        from += picture.width;
      }
    },
    angles(box) {
      const place = { ...box, x: box.x - seen.left, y: box.y - seen.top };
      const part = partOf({ ...seen, luma: bytes }, place, 0);
      const [width, height] = [part.width >> 1, part.height >> 1];
      const half = PICTURE + seen.width * seen.height + SLACK;
      const quarter = half + width * height + SLACK;
      reserve(quarter + (width >> 1) * (height >> 1) + SLACK);
      const from = PICTURE + part.top * seen.width + part.left;
      wasm.halve(from, seen.width, part.width, part.height, half);
      wasm.halve(half, width, width, height, quarter);
      const found = [tensorOf(half, width, height), tensorOf(quarter, width >> 1, height >> 1)];
      return found.filter((angle) => angle !== undefined);
    },
    band(from, across, down, count, least) {
      const x = from.x - seen.left - BEFORE * across.x - (BAND_LINES >> 1) * down.x;
      const y = from.y - seen.top - BEFORE * across.y - (BAND_LINES >> 1) * down.y;
      const plan = [x, y, across.x, across.y, down.x, down.y].map(fixed);
      const { width, height } = seen;
      const length = count + 3 * BEFORE;
      wasm.rays(PICTURE, width, height, ROWS, BAND_LINES, length, PITCH, ...plan);
      const apart = Math.hypot(down.x, down.y);
      const rows = ROWS + 2 * BEFORE;
      wasm.meet(rows, PITCH, BAND_LINES, count, apart, least, ROOM, RESULT);
      const lasting = new Float32Array(wasm.memory.buffer, RESULT, 3)[2] ?? 0;
      const sums = new Int16Array(wasm.memory.buffer, ROOM, count);
      const values = new Float32Array(count);
      for (let i = 0; i < count; i++) values[i] = (sums[i] as number) / (BAND_LINES * PARTS);
      return { values, lasting };
    },
    edges(shares) {
      fitted = Math.min(EDGES_MAX, shares.length);
      const room = new Float32Array(wasm.memory.buffer, EDGES, fitted + 4);
      room.fill(0, fitted);
      room.set(shares.subarray(0, fitted));
    },
    fit(modules, step, first, last) {
      wasm.fit(EDGES, fitted, modules, step, first, last, RESULT);
      const [slant = 0, fitting = -1] = new Float32Array(wasm.memory.buffer, RESULT, 2);
      return { slant, fitting };
    },
  };
}

/** Whole pixels of a picture that a box and what is around it are on; at least two by two. */
export function partOf(picture: Luma, box: Box, around: number) {
  const left = Math.max(0, Math.min(picture.width - 2, Math.floor(box.x - around)));
  const top = Math.max(0, Math.min(picture.height - 2, Math.floor(box.y - around)));
  const right = Math.min(picture.width, Math.ceil(box.x + box.width + around));
  const below = Math.min(picture.height, Math.ceil(box.y + box.height + around));
  const size = { width: Math.max(2, right - left), height: Math.max(2, below - top) };
  return { left, top, ...size };
}
