import { instance, PAGE, START } from './kernel.ts';

/** What assembly/grid.ts exports; see there. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  grid(from: number, to: number, stride: number, columns: number, rows: number): number;
  moves(now: number, last: number, bins: number, count: number): void;
}

/** Pixels of a cell's side; its middle line is what is looked at. */
export const CELL = 16;
/** Steps of brightness. */
const TONES = 256;

/** The brightness of a frame's parts, compared with those of another. */
export interface Grid {
  /** Takes in a frame: its cells, and the mean brightness of their lines. */
  look(luma: Uint8Array, width: number, height: number): { cells: number; light: number };
  /** How many cells' means moved by 0, 1, 2 ... of 255 steps since `keep`; valid until the next. */
  moves(): Int32Array;
  /** What was looked at last is what the next is compared with. */
  keep(): void;
}

/** Memory of its own, some 70 kB for a frame of 1280 x 720; another size begins anew. */
export function openGrid(): Grid {
  const wasm = instance() as unknown as Exports;
  let size = { width: -1, height: -1, columns: 0, rows: 0 };
  let bytes = new Uint8Array(0);
  let bins = new Int32Array(0);
  let places = { now: 0, last: 0, lines: 0 };
  const seen = { cells: 0, light: 0 };

  function fit(width: number, height: number): void {
    const [columns, rows] = [Math.floor(width / CELL), Math.floor(height / CELL)];
    const now = START + TONES * 4;
    const last = now + 2 * columns * rows;
    const lines = last + 2 * columns * rows;
    const missing = lines + rows * columns * CELL - wasm.memory.buffer.byteLength;
    if (missing > 0) wasm.memory.grow(Math.ceil(missing / PAGE));
    bytes = new Uint8Array(wasm.memory.buffer);
    bins = new Int32Array(wasm.memory.buffer, START, TONES);
    bytes.fill(0, now, lines);
    size = { width, height, columns, rows };
    places = { now, last, lines };
  }

  return {
    look(luma, width, height) {
      if (width !== size.width || height !== size.height) fit(width, height);
      const { columns, rows } = size;
      const stride = columns * CELL;
      for (let row = 0; row < rows; row++) {
        const from = (row * CELL + CELL / 2) * width;
        bytes.set(luma.subarray(from, from + stride), places.lines + row * stride);
      }
      seen.cells = columns * rows;
      const total = wasm.grid(places.lines, places.now, stride, columns, rows);
      seen.light = total / Math.max(1, seen.cells * CELL);
      return seen;
    },
    moves() {
      wasm.moves(places.now, places.last, START, seen.cells);
      return bins;
    },
    keep() {
      bytes.copyWithin(places.last, places.now, places.now + 2 * seen.cells);
    },
  };
}
