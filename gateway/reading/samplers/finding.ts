import { readFileSync } from 'node:fs';
import type { Box } from '../box.ts';
import type { Luma, Point } from '../luma.ts';
import type { Known } from './qr/known.ts';
import type { Shape } from './qr/shape.ts';
import type { View } from './qr/view.ts';

/** What kernels that find patterns export beside their own; see qr/assembly/index.ts. */
export interface FindingExports {
  readonly memory: WebAssembly.Memory;
  shrink(from: number, to: number, w: number, h: number, by: number): void;
  transpose(from: number, to: number, w: number, h: number): void;
  cross(from: number, w: number, h: number, step: number, clusters: number): number;
  spots(levels: number, uprights: number, step: number): number;
  shape(from: number, w: number, h: number, ...spot: number[]): number;
}

const PLACES = ['PICTURES', 'TURNS', 'FINDER', 'SPOTS', 'LEVEL', 'UPRIGHT'] as const;

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

const compiled = new Map<string, WebAssembly.Module>();

/**
 * Opens kernels that find a pattern: a box of a picture in their memory, smaller views of it, and
 * the places that look like the pattern. One instance belongs to one thread.
 * @param wasm where the kernels are
 * @param pattern the pattern's modules about its middle, in modules
 */
export function openFinding<Own>(wasm: URL, pattern: Known) {
  const module = compiled.get(wasm.href) ?? new WebAssembly.Module(readFileSync(wasm));
  compiled.set(wasm.href, module);
  const { exports } = new WebAssembly.Instance(module);
  const kernels = exports as unknown as Own & FindingExports;
  const places = placesIn(exports, PLACES);
  let bytes = new Uint8Array(kernels.memory.buffer);
  let part = { left: 0, top: 0, width: 0, height: 0 };
  let views = new Map<number, View>();
  let end = 0;

  reserve(places.PICTURES);
  const turns = floats(places.TURNS, 2 * TURN_COUNT);
  for (let i = 0; i < TURN_COUNT; i++) {
    turns.set([Math.cos((i * Math.PI) / 18), Math.sin((i * Math.PI) / 18)], 2 * i);
  }
  put(places.FINDER, pattern);

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
      // The part, its columns as lines, and all that is smaller: a quarter, a ninth and so on.
      reserve(places.PICTURES + 3 * (width * height + SLACK * FACTOR_MOST));
      end = places.PICTURES;
      const at = next(width * height);
      for (let y = 0; y < height; y++) {
        const from = (top + y) * picture.width + left;
        bytes.set(picture.luma.subarray(from, from + width), at + y * width);
      }
      views = new Map([[1, { ...part, at, factor: 1 }]]);
    },

    /** What was taken, by `factor` smaller. */
    view: viewOf,

    /** The pixels of a view; valid until the next picture is taken. */
    pixels: ({ at, width, height }: View) => bytes.subarray(at, at + width * height),

    /** Places that look like finders to lines `step` pixels apart, the likeliest first. */
    spots({ at, width, height }: View, step: number): Spot[] {
      const { LEVEL, UPRIGHT, SPOTS } = places;
      const turned = end;
      kernels.transpose(at, turned, width, height);
      const levels = kernels.cross(at, width, height, step, LEVEL);
      const uprights = kernels.cross(turned, height, width, step, UPRIGHT);
      const count = kernels.spots(levels, uprights, step);
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
      const { power } = pattern;
      const likeness = kernels.shape(at, width, height, x, y, module, sign, power, SPOTS);
      if (likeness < least) return undefined;
      const [px, py, ax, ay, dx, dy] = floats(SPOTS, SHAPE_FLOATS) as unknown as Six;
      const axes = { along: { x: ax, y: ay }, down: { x: dx, y: dy } };
      return {
        ...{ x: px, y: py, ...axes, likeness, inverted },
        module: Math.sqrt(Math.abs(ax * dy - ay * dx)),
      };
    },

    /** What the kernels export, where things are in their memory, and ways into it. */
    kernels,
    floats,
    put,
    placesOf: <Name extends string>(names: readonly Name[]) => placesIn(exports, names),
  };
}

type Six = readonly [number, number, number, number, number, number];

function placesIn<Name extends string>(exports: WebAssembly.Exports, names: readonly Name[]) {
  const at = (name: string) => (exports[name] as WebAssembly.Global).value as number;
  return Object.fromEntries(names.map((name) => [name, at(name)])) as Record<Name, number>;
}
