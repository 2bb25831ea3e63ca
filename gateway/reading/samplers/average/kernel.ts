import { readFileSync } from 'node:fs';
import type { Luma } from '../../luma.ts';
import type { Overlay } from './overlay.ts';

/** What assembly/index.ts exports; see there. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  alike(one: number, stride: number, other: number, ...plan: number[]): number;
  begin(from: number, sums: number, count: number): void;
  add(sums: number, w: number, h: number, ...plan: number[]): void;
  means(sums: number, to: number, count: number, pictures: number): void;
}

/** Where memory begins that the compiler keeps nothing in. */
const START = 1_024;
const PLANE_BYTES = 64;
const PAGE = 65_536;

/** A picture in the module's memory. */
interface Placed {
  readonly at: number;
  readonly width: number;
  readonly height: number;
}

let compiled: WebAssembly.Module | undefined;

/** The kernels compiled from assembly/ (kernel.wasm); one instance belongs to one thread. */
export function openOverlay(): Overlay {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('./kernel.wasm', import.meta.url)));
  const wasm = new WebAssembly.Instance(compiled).exports as unknown as Exports;
  const none: Placed = { at: 0, width: 0, height: 0 };
  const newest = { full: none, small: none };
  const older = { full: none, small: none };
  let sums = 0;
  let free = 0;
  let pictures = 0;

  function reserve(bytes: number): number {
    const at = (free + 15) & ~15;
    free = at + bytes;
    const missing = free - wasm.memory.buffer.byteLength;
    if (missing > 0) wasm.memory.grow(Math.ceil(missing / PAGE));
    return at;
  }

  function place({ luma, width, height }: Luma): Placed {
    const at = reserve(width * height);
    new Uint8Array(wasm.memory.buffer).set(luma.subarray(0, width * height), at);
    return { at, width, height };
  }

  return {
    newest(full, small) {
      free = START + PLANE_BYTES;
      Object.assign(newest, { full: place(full), small: place(small) });
      const pixels = full.width * full.height;
      sums = reserve(2 * pixels);
      wasm.begin(newest.full.at, sums, pixels);
      pictures = 1;
    },
    older(full, small) {
      free = sums + 2 * newest.full.width * newest.full.height;
      Object.assign(older, { full: place(full), small: place(small) });
    },
    alike(size, { left, top, width, height }, shift, step) {
      const [one, other] = [newest[size], older[size]];
      const from = one.at + top * one.width + left;
      const to = other.at + (top + shift.y) * other.width + left + shift.x;
      return wasm.alike(from, one.width, to, other.width, width, height, step);
    },
    add(box, plane) {
      const { width, height } = newest.full;
      new Float64Array(wasm.memory.buffer, START, plane.length).set(plane);
      const across = [(-2 * box.x) / box.width - 0.5, 2 / box.width] as const;
      const down = [(-2 * box.y) / box.height - 0.5, 2 / box.height] as const;
      const { full } = older;
      const plan = [...across, ...down, START, full.at, full.width, full.height];
      wasm.add(sums, width, height, ...plan);
      pictures += 1;
    },
    mean() {
      const { at, width, height } = newest.full;
      wasm.means(sums, at, width * height, pictures);
      const luma = new Uint8Array(wasm.memory.buffer, at, width * height).slice();
      return { luma, width, height };
    },
  };
}
