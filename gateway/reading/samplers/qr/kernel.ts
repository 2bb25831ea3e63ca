import { readFileSync } from 'node:fs';
import type { Box } from '../../box.ts';
import type { Luma, Point } from '../../luma.ts';
import { FINDER_KNOWN, type Known, knownOf } from './known.ts';
import type { Shape } from './shape.ts';
import type { Version } from './version.ts';
import type { View } from './view.ts';

/** What assembly/index.ts exports; see there. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  shrink(from: number, to: number, w: number, h: number, by: number): void;
  transpose(from: number, to: number, w: number, h: number): void;
  cross(from: number, w: number, h: number, step: number, clusters: number): number;
  spots(levels: number, uprights: number, step: number): number;
  shape(from: number, w: number, h: number, ...spot: number[]): number;
  fitIn(from: number, w: number, h: number, sign: number): void;
  fitTo(size: number, all: number, allPower: number, some: number, somePower: number): void;
  warp(): number;
  begin(): number;
  begun(): number;
  fit(first: number): number;
  clear(first: number): number;
  modules(size: number, sharpen: number, sign: number, from: number, w: number, h: number): void;
}

const PLACES = ['PICTURES', 'POSTS', 'WARP', 'TURNS', 'FINDER', 'ALL', 'SOME', 'SPOTS'] as const;
const CLUSTERS = ['LEVEL', 'UPRIGHT', 'RAW'] as const;
type Places = Readonly<Record<(typeof PLACES)[number] | (typeof CLUSTERS)[number], number>>;

const PAGE = 65_536;
/** Vectors are read and written up to so many bytes beyond a picture. */
const SLACK = 64;
const FACTOR_MOST = 5;
const SPOT_FLOATS = 8;
const TURN_COUNT = 9;
/** Of a shape, behind its spot: the middle, both axes, how like a finder it is. */
const SHAPE_FLOATS = 7;

/** A place where lines along and lines across show a finder, in pixels of a view. */
export interface Spot extends Point {
  readonly module: number;
  readonly inverted: boolean;
  /** Lines that showed it, as a share of those that cross a finder of its size; 1 at most. */
  readonly weight: number;
}

/**
 * What is fitted: the three finders' middles and where a fourth one's would be, as x and y in the
 * order upper left, upper right, lower right, lower left; then how far the paper is bent about
 * either axis.
 */
export type Posts = Float64Array;

/** Where a symbol's modules are; assembly/fit.ts makes it of posts. */
export type Warp = Float64Array;

/** The compiled part of the sampler. It works on what was taken last. */
export type QrKernel = ReturnType<typeof openQrKernel>;

let compiled: WebAssembly.Module | undefined;

/** The kernels compiled from assembly/ (kernel.wasm); one instance belongs to one thread. */
export function openQrKernel() {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('./kernel.wasm', import.meta.url)));
  const { exports } = new WebAssembly.Instance(compiled);
  const wasm = exports as unknown as Exports;
  const places = placesOf(exports);
  let bytes = new Uint8Array(wasm.memory.buffer);
  let part = { left: 0, top: 0, width: 0, height: 0 };
  let views = new Map<number, View>();
  let end = 0;
  let fitted: { view: View; version: Version; sign: number } | undefined;

  reserve(places.PICTURES);
  const turns = floats(places.TURNS, 2 * TURN_COUNT);
  for (let i = 0; i < TURN_COUNT; i++) {
    turns.set([Math.cos((i * Math.PI) / 18), Math.sin((i * Math.PI) / 18)], 2 * i);
  }
  put(places.FINDER, FINDER_KNOWN);

  function floats(at: number, length: number): Float32Array {
    return new Float32Array(wasm.memory.buffer, at, length);
  }

  function put(at: number, { u, v, weight }: Known): void {
    const table = floats(at, 3 * u.length);
    table.set(u);
    table.set(v, u.length);
    table.set(weight, 2 * u.length);
  }

  function reserve(length: number): void {
    const missing = length - wasm.memory.buffer.byteLength;
    if (missing > 0) wasm.memory.grow(Math.ceil(missing / PAGE));
    if (missing > 0) bytes = new Uint8Array(wasm.memory.buffer);
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
    wasm.shrink(from.at, at, from.width, from.height, by / from.factor);
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
      // The part, its columns as lines, and all that is smaller: a quarter, a ninth and so on.
      reserve(places.PICTURES + 3 * (width * height + SLACK * FACTOR_MOST));
      end = places.PICTURES;
      const at = next(width * height);
      for (let y = 0; y < height; y++) {
        const from = (top + y) * picture.width + left;
        bytes.set(picture.luma.subarray(from, from + width), at + y * width);
      }
      views = new Map([[1, { ...part, at, factor: 1 }]]);
      fitted = undefined;
    },

    /** What was taken, by `factor` smaller. */
    view: viewOf,

    /** The pixels of a view; valid until the next picture is taken. */
    pixels: ({ at, width, height }: View) => bytes.subarray(at, at + width * height),

    /** Places that look like finders to lines `step` pixels apart, the likeliest first. */
    spots({ at, width, height }: View, step: number): Spot[] {
      const { LEVEL, UPRIGHT, SPOTS } = places;
      const turned = end;
      wasm.transpose(at, turned, width, height);
      const levels = wasm.cross(at, width, height, step, LEVEL);
      const uprights = wasm.cross(turned, height, width, step, UPRIGHT);
      const count = wasm.spots(levels, uprights, step);
      const found = floats(SPOTS, count * SPOT_FLOATS);
      const spots = Array.from({ length: count }, (_, i) => {
        const [x, y, module, inverted, weight] = found.subarray(i * SPOT_FLOATS);
        return { x: x!, y: y!, module: module!, inverted: inverted === 1, weight: weight! };
      });
      return spots.sort((a, b) => b.weight - a.weight);
    },

    /** The finder at a spot, if its modules are like one's by `least`. */
    shape({ at, width, height }: View, spot: Spot, least: number): Shape | undefined {
      const { x, y, module, inverted } = spot;
      const sign = inverted ? -1 : 1;
      const { SPOTS } = places;
      const { power } = FINDER_KNOWN;
      const likeness = wasm.shape(at, width, height, x, y, module, sign, power, SPOTS);
      if (likeness < least) return undefined;
      const [px, py, ax, ay, dx, dy] = floats(SPOTS, SHAPE_FLOATS) as unknown as Six;
      const axes = { along: { x: ax, y: ay }, down: { x: dx, y: dy } };
      return {
        ...{ x: px, y: py, ...axes, likeness, inverted },
        module: Math.sqrt(Math.abs(ax * dy - ay * dx)),
      };
    },

    /** What is fitted from here on. */
    target(view: View, version: Version, inverted: boolean): void {
      const sign = inverted ? -1 : 1;
      wasm.fitIn(view.at, view.width, view.height, sign);
      if (fitted?.version !== version) {
        const { all, some } = knownOf(version);
        put(places.ALL, all);
        put(places.SOME, some);
        wasm.fitTo(version.size, all.u.length, all.power, some.u.length, some.power);
      }
      fitted = { view, version, sign };
    },

    /** The posts of the target, to be set and read. */
    posts(): Posts {
      return new Float64Array(wasm.memory.buffer, places.POSTS, 10);
    },

    /** How like a symbol the posts are: as they stand; as the best slant and bend of three. */
    begun: () => wasm.begun(),
    begin: () => wasm.begin(),

    /**
     * Moves the posts until known modules are most like what they have to be, or (`clear`) those
     * that no finder holds until all modules stand out most; gives the known ones' likeness.
     */
    fit: (firstStep: number) => wasm.fit(firstStep),
    clear: (firstStep: number) => wasm.clear(firstStep),

    /** Where the posts put modules; undefined where they cross. */
    warp(): Warp | undefined {
      if (!wasm.warp()) return undefined;
      return new Float64Array(wasm.memory.buffer, places.WARP, 11).slice();
    },

    /**
     * All modules by the warp made last: about 1 for what is surely dark, -1 for what is surely
     * light. Valid until the next call.
     * @param sharpen how much of the neighbours' light is taken away, 0 to 1.5
     */
    modules(sharpen: number): Float32Array {
      if (!fitted) throw new RangeError('nothing is fitted');
      const { view, version, sign } = fitted;
      wasm.modules(version.size, sharpen, sign, view.at, view.width, view.height);
      return floats(places.RAW, version.size ** 2);
    },
  };
}

type Six = readonly [number, number, number, number, number, number];

function placesOf(exports: WebAssembly.Exports): Places {
  const names = [...PLACES, ...CLUSTERS];
  const at = (name: string) => (exports[name] as WebAssembly.Global).value as number;
  return Object.fromEntries(names.map((name) => [name, at(name)])) as unknown as Places;
}
