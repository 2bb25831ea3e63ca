import { readFileSync } from 'node:fs';
import type { Box } from '../../box.ts';
import type { Luma } from '../../luma.ts';
import { LINE_MAX, type Part, partOf, VIEW_FIELDS } from './view.ts';

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
export const HIT_FIELDS = 4;
/** A line goes on so many samples before its first, and twice that behind its last. */
export const BEFORE = 16;
/** Bytes from one line of a band to the next. */
export const PITCH = 2 * (LINE_MAX + 3 * BEFORE);
const PAGE = 65_536;
/** Vectors are read up to so many bytes beyond what is in memory. */
const SLACK = 64;

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

/** The compiled kernels, what they look at, and room for what is made of it. */
export interface Memory {
  readonly wasm: Exports;
  readonly at: ReturnType<typeof layoutFrom>;
  /** The part of the picture that is at `at.picture`. */
  seen(): Part;
  look(picture: Luma, box: Box, around: number): void;
  /** Room for so many bytes until the next look; what was seen of memory before is void. */
  take(size: number): number;
  /** The memory as it is now. */
  buffer(): ArrayBuffer;
}

let compiled: WebAssembly.Module | undefined;

/** The kernels compiled from assembly/ (kernel.wasm), with their memory. */
export function openMemory(): Memory {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('./kernel.wasm', import.meta.url)));
  const wasm = new WebAssembly.Instance(compiled).exports as unknown as Exports;
  const at = layoutFrom(wasm.base.value);
  let seen: Part = { left: 0, top: 0, width: 0, height: 0 };
  let free = at.picture;
  const buffer = () => wasm.memory.buffer as ArrayBuffer;

  function take(size: number): number {
    const here = free;
    free = (here + size + SLACK + 15) & ~15;
    const missing = free - buffer().byteLength;
    if (missing > 0) wasm.memory.grow(Math.ceil(missing / PAGE));
    return here;
  }

  return {
    ...{ wasm, at, take, buffer },
    seen: () => seen,
    look(picture, box, around) {
      seen = partOf(picture, box, around);
      const { left, top, width, height } = seen;
      free = at.picture;
      take(width * height);
      const bytes = new Uint8Array(buffer());
      for (let row = 0, from = top * picture.width + left; row < height; row++) {
        bytes.set(picture.luma.subarray(from, from + width), at.picture + row * width);
        from += picture.width;
      }
    },
  };
}
