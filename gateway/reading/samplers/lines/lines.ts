import { readFileSync } from 'node:fs';
import type { Lines } from './lines-types.ts';
import { LINE_MAX, partOf, uprightOf, VIEW_FIELDS } from './view.ts';

/** What assembly/index.ts exports; see there. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly base: WebAssembly.Global<'i32'>;
  halve(from: number, stride: number, w: number, h: number, to: number): void;
  tensor(from: number, w: number, h: number, out: number): void;
  rays(from: number, w: number, h: number, to: number, lines: number, ...plan: number[]): void;
  meet(rows: number, pitch: number, lines: number, ...plan: number[]): void;
  upright(from: number, w: number, h: number, view: number, ...plan: number[]): void;
  guards(view: number, rows: number, lines: number, columns: number, ...plan: number[]): number;
  flatten(from: number, w: number, h: number, plane: number, ...plan: number[]): void;
  sums(sheet: number, pitch: number, columns: number, ...plan: number[]): void;
  steps(sheet: number, pitch: number, columns: number, lines: number, ...plan: number[]): void;
  lessMean(from: number, lines: number, stride: number, reach: number, out: number): void;
  waves(from: number, lines: number, stride: number, ...plan: number[]): number;
  fit(edges: number, count: number, modules: number, ...plan: number[]): void;
}

/** Lines that are averaged. */
export const BAND_LINES = 15;
/** Edges of a line that are fitted to modules. */
export const EDGES_MAX = 4_096;
/** Guards that are found in one view. */
export const HITS_MAX = 4_096;
/** A line goes on so many samples before its first, and twice that behind its last. */
const BEFORE = 16;
const PITCH = 2 * (LINE_MAX + 3 * BEFORE);
/** Samples of a line are in parts of a level. */
const PARTS = 8;
const PAGE = 65_536;
/** Vectors are read up to so many bytes beyond what is in memory. */
const SLACK = 64;
const fixed = (place: number) => Math.round(place * PAGE);

/** Places in the module's memory, from where the compiler keeps nothing in it. */
function layoutFrom(base: number) {
  let at = (base + 15) & ~15;
  const next = (bytes: number): number => {
    const here = at;
    at = (at + bytes + SLACK + 15) & ~15;
    return here;
  };
  const result = next(SLACK);
  const view = next(8 * VIEW_FIELDS);
  const edges = next(4 * EDGES_MAX);
  const hits = next(4 * HIT_FIELDS * HITS_MAX);
  const room = next(PITCH);
  const rows = next(BAND_LINES * PITCH);
  return { result, view, edges, hits, room, rows, picture: at };
}
const HIT_FIELDS = 4;

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
  const at = layoutFrom(wasm.base.value);
  let bytes = new Uint8Array(wasm.memory.buffer);
  let seen = { left: 0, top: 0, width: 0, height: 0 };
  let fitted = 0;
  let free = at.picture;

  function reserve(end: number): void {
    const missing = end - bytes.length;
    if (missing <= 0) return;
    wasm.memory.grow(Math.ceil(missing / PAGE));
    bytes = new Uint8Array(wasm.memory.buffer);
  }

  /** Room for so many bytes until the next look. */
  function take(size: number): number {
    const here = free;
    free = (here + size + SLACK + 15) & ~15;
    reserve(free);
    return here;
  }

  function tensorOf(from: number, width: number, height: number): number | undefined {
    wasm.tensor(from, width, height, at.result);
    const [xx, yy, xy] = new Float64Array(wasm.memory.buffer, at.result, 3);
    if (xx === undefined || yy === undefined || xy === undefined || xx + yy === 0) return undefined;
    return 0.5 * Math.atan2(2 * xy, xx - yy);
  }

  return {
    look(picture, box, around) {
      seen = partOf(picture, box, around);
      const { left, top, width, height } = seen;
      free = (at.picture + width * height + SLACK + 15) & ~15;
      reserve(free);
      for (let row = 0, from = top * picture.width + left; row < height; row++) {
        bytes.set(picture.luma.subarray(from, from + width), at.picture + row * width);
        from += picture.width;
      }
    },
    angles(box) {
      const place = { ...box, x: box.x - seen.left, y: box.y - seen.top };
      const part = partOf({ ...seen, luma: bytes }, place, 0);
      const [width, height] = [part.width >> 1, part.height >> 1];
      const half = free;
      const quarter = half + width * height + SLACK;
      reserve(quarter + (width >> 1) * (height >> 1) + SLACK);
      const from = at.picture + part.top * seen.width + part.left;
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
      wasm.rays(at.picture, width, height, at.rows, BAND_LINES, length, PITCH, ...plan);
      const apart = Math.hypot(down.x, down.y);
      const rows = at.rows + 2 * BEFORE;
      wasm.meet(rows, PITCH, BAND_LINES, count, apart, least, at.room, at.result);
      const lasting = new Float32Array(wasm.memory.buffer, at.result, 3)[2] ?? 0;
      const sums = new Int16Array(wasm.memory.buffer, at.room, count);
      const values = new Float32Array(count);
      for (let i = 0; i < count; i++) values[i] = (sums[i] as number) / (BAND_LINES * PARTS);
      return { values, lasting };
    },
    edges(shares) {
      fitted = Math.min(EDGES_MAX, shares.length);
      const room = new Float32Array(wasm.memory.buffer, at.edges, fitted + 4);
      room.fill(0, fitted);
      room.set(shares.subarray(0, fitted));
    },
    fit(modules, step, first, last) {
      wasm.fit(at.edges, fitted, modules, step, first, last, at.result);
      const [slant = 0, fitting = -1] = new Float32Array(wasm.memory.buffer, at.result, 2);
      return { slant, fitting };
    },
    turn(turned) {
      const { width, height } = seen;
      const view = uprightOf(turned, seen);
      const here = take(2 * view.rows * view.columns);
      new Float64Array(wasm.memory.buffer, at.view, VIEW_FIELDS).set(view.fields);
      wasm.upright(at.picture, width, height, at.view, here, view.rows, view.columns);
      return { ...view, at: here };
    },
    flatten(plane, columns, lines) {
      const pitch = 2 * ((columns + 7) & ~7);
      const here = take(pitch * lines);
      const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = plane;
      const { left, top, width, height } = seen;
      const moved = [a - left * g, b - left * h, c - left, d - top * g, e - top * h, f - top];
      new Float64Array(wasm.memory.buffer, at.view, 8).set([...moved, g, h]);
      wasm.flatten(at.picture, width, height, at.view, here, columns, lines, pitch);
      return { at: here, columns, lines, pitch: pitch >> 1 };
    },
    values({ at: here, lines, pitch }) {
      return new Int16Array(wasm.memory.buffer, here, lines * pitch);
    },
    sums({ at: here, columns, pitch }, first, last) {
      wasm.sums(here, 2 * pitch, columns, first, last, at.rows);
      return new Int32Array(wasm.memory.buffer, at.rows, columns);
    },
    steps({ at: here, columns, lines, pitch }, reach, begins, around) {
      const parts = begins.length - 1;
      const stride = (parts + 3) & ~3;
      new Int32Array(wasm.memory.buffer, at.edges, begins.length).set(begins);
      const [raw, less] = [take(4 * lines * stride), take(4 * lines * stride)];
      const plan = [2 * pitch, columns, lines, reach, at.edges, parts, stride, at.rows, raw];
      wasm.steps(here, ...(plan as [number, number, number]));
      wasm.lessMean(raw, lines, stride, around, less);
      return { at: less, parts, lines, stride };
    },
    waves({ at: here, parts, lines, stride }, height) {
      const turn = (2 * Math.PI) / height;
      const power = wasm.waves(here, lines, stride, Math.cos(turn), Math.sin(turn), at.room);
      const cos = new Float32Array(wasm.memory.buffer, at.room, parts);
      return { power, cos, sin: new Float32Array(wasm.memory.buffer, at.room + 4 * stride, parts) };
    },
    guards({ rows, columns, at: here, fields }, taps, step, faint) {
      const plan = [taps, step, faint ? 1 : 0, at.room, at.edges, at.hits, HITS_MAX];
      new Float64Array(wasm.memory.buffer, at.view, VIEW_FIELDS).set(fields);
      const count = wasm.guards(at.view, here, rows, columns, ...plan);
      return new Float32Array(wasm.memory.buffer, at.hits, HIT_FIELDS * count);
    },
  };
}
