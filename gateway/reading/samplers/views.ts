import { readFileSync } from 'node:fs';
import type { Box } from '../box.ts';
import type { Luma } from '../luma.ts';
import type { Known } from './qr/known.ts';
import type { View } from './qr/view.ts';

/** What kernels that look at pictures export beside their own; see qr/assembly/index.ts. */
export interface ViewingExports {
  readonly memory: WebAssembly.Memory;
  shrink(from: number, to: number, w: number, h: number, by: number): void;
  level(from: number, to: number, sums: number, w: number, h: number, radius: number): void;
}

const PAGE = 65_536;
/** Vectors are read and written up to so many bytes beyond a picture. */
const SLACK = 64;
const FACTOR_MOST = 5;
/** Light is levelled by so many modules to each side, roughly: in one of so many pixels. */
const LEVEL_MODULES = 2.5;
const LEVEL_RADII = [3, 5, 7, 10, 14, 20];

const compiled = new Map<string, WebAssembly.Module>();

/**
 * Opens kernels that look at a box of a picture in their memory, and at smaller views of it. One
 * instance belongs to one thread.
 * @param wasm where the kernels are
 */
export function openViews<Own>(wasm: URL) {
  const module = compiled.get(wasm.href) ?? new WebAssembly.Module(readFileSync(wasm));
  compiled.set(wasm.href, module);
  const { exports } = new WebAssembly.Instance(module);
  const kernels = exports as unknown as Own & ViewingExports;
  const places = placesIn(exports, ['PICTURES', 'SUMS']);
  let bytes = new Uint8Array(kernels.memory.buffer);
  let part = { left: 0, top: 0, width: 0, height: 0 };
  let views = new Map<number, View>();
  let levelled = new Map<number, { radius: number; view: View }>();
  let end = 0;

  reserve(places.PICTURES);

  function floats(at: number, length: number): Float32Array {
    return new Float32Array(kernels.memory.buffer, at, length);
  }

  function put(at: number, { u, v, weight }: Known): void {
    const table = floats(at, 3 * u.length);
    table.set(u);
    table.set(v, u.length);
    table.set(weight, 2 * u.length);
  }

  function reserve(length: number): void {
    const missing = length - kernels.memory.buffer.byteLength;
    if (missing > 0) kernels.memory.grow(Math.ceil(missing / PAGE));
    if (missing > 0) bytes = new Uint8Array(kernels.memory.buffer);
  }

  /** Memory for a picture behind those that there are. */
  function next(pixels: number): number {
    const at = end;
    end = (end + pixels + SLACK + 15) & ~15;
    return at;
  }

  function viewOf(factor: number): View {
    const by = Math.max(1, Math.min(FACTOR_MOST, factor));
    const known = views.get(by);
    if (known) return known;
    // A quarter of the size is half of half of it.
    const from = viewOf(by === 4 ? 2 : 1);
    const width = Math.floor(part.width / by);
    const height = Math.floor(part.height / by);
    const at = next(width * height);
    kernels.shrink(from.at, at, from.width, from.height, by / from.factor);
    const view = { ...part, at, width, height, factor: by };
    views.set(by, view);
    return view;
  }

  return {
    /** Puts a box of a picture in, on whole pixels and inside the picture. */
    take(picture: Luma, box: Box): void {
      const left = Math.max(0, Math.floor(box.x));
      const top = Math.max(0, Math.floor(box.y));
      const width = Math.min(picture.width, Math.ceil(box.x + box.width)) - left;
      const height = Math.min(picture.height, Math.ceil(box.y + box.height)) - top;
      part = { left, top, width, height };
      // The part, its columns as lines, all that is smaller (a quarter, a ninth and so on), levelled.
      reserve(places.PICTURES + 5 * (width * height + SLACK * FACTOR_MOST));
      end = places.PICTURES;
      const at = next(width * height);
      for (let y = 0; y < height; y++) {
        const from = (top + y) * picture.width + left;
        bytes.set(picture.luma.subarray(from, from + width), at + y * width);
      }
      views = new Map([[1, { ...part, at, factor: 1 }]]);
      levelled = new Map();
    },

    /** What was taken, by `factor` smaller. */
    view: viewOf,

    /**
     * A view with its light levelled: shadows, glare and what is darker beside a faint symbol.
     * @param module pixels of the picture that a module of it has
     */
    levelled(view: View, module: number): View {
      const { at, width, height, factor } = view;
      const wanted = (LEVEL_MODULES * module) / factor;
      const radius = LEVEL_RADII.find((one) => one * 1.2 >= wanted) ?? wanted;
      // The same memory for all of one size.
      const known = levelled.get(factor);
      if (known?.radius === radius) return known.view;
      const made = known?.view ?? { ...view, at: next(width * height) };
      kernels.level(at, made.at, places.SUMS, width, height, radius);
      levelled.set(factor, { radius, view: made });
      return made;
    },

    /** The pixels of a view; valid until the next picture is taken. */
    pixels: ({ at, width, height }: View) => bytes.subarray(at, at + width * height),

    /** Memory behind all pictures, for one more until the next is taken. */
    end: () => end,

    /** What the kernels export, where things are in their memory, and ways into it. */
    kernels,
    floats,
    put,
    placesOf: <Name extends string>(names: readonly Name[]) => placesIn(exports, names),
  };
}

function placesIn<Name extends string>(exports: WebAssembly.Exports, names: readonly Name[]) {
  const at = (name: string) => (exports[name] as WebAssembly.Global).value as number;
  return Object.fromEntries(names.map((name) => [name, at(name)])) as Record<Name, number>;
}
