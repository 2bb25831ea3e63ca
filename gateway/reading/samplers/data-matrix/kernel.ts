import { type GridExports, gridOf } from '../grid.ts';
import type { Known } from '../qr/known.ts';
import type { View } from '../qr/view.ts';
import { openViews } from '../views.ts';
import { knownOf, SIDES_KNOWN, SOLID_KNOWN, timingOf } from './known.ts';
import { LAYOUTS, type Layout } from './layout.ts';

/** What assembly/index.ts exports beside what all grids have; see there. */
interface Exports extends GridExports {
  edges(from: number, w: number, h: number): number;
  lines(count: number): number;
  quads(sides: number, sizes: number): number;
  posed(reach: number): boolean;
}

/** x and y of a symbol's corners: upper left, upper right, lower right, lower left. */
export type Corners = Float64Array;

/** Four sides that may be a symbol's. */
export interface Quad {
  readonly corners: Corners;
  readonly inverted: boolean;
  /** What size it is most like, and how much. */
  readonly layout: Layout;
  readonly likeness: number;
}

/** Directions that straight edges are told apart by. */
const DIRECTIONS = 128;
const SLOPES = 64;
/** Pictures that the kernels have room for: pixels, and along their diagonal. */
const PIXELS_MOST = 96_000;
const DIAGONAL_MOST = 440;
const POST_FIGURES = 10;
const QUAD_FIGURES = 16;
const TABLE_BYTES = 16;

/** The compiled part of the sampler. It works on what was taken last. */
export type MatrixKernel = ReturnType<typeof openMatrixKernel>;

/** The kernels compiled from assembly/ (kernel.wasm); one instance belongs to one thread. */
export function openMatrixKernel() {
  const viewing = openViews<Exports>(new URL('./kernel.wasm', import.meta.url));
  const { kernels, take, view } = viewing;
  const places = viewing.placesOf(['WAYS', 'SLOPES', 'TABLES', 'QUADS', 'POSTS']);
  const grid = gridOf(viewing);
  const known = new Map(LAYOUTS.map((layout) => [layout, knownOf(layout)]));
  const figures = (at: number, count: number) => new Float64Array(kernels.memory.buffer, at, count);

  for (let way = 0; way < DIRECTIONS; way++) {
    const angle = (way * 2 * Math.PI) / DIRECTIONS;
    figures(places.WAYS + 16 * way, 2).set([Math.cos(angle), Math.sin(angle)]);
  }
  const turns = Array.from({ length: SLOPES + 1 }, (_, slope) =>
    Math.round((Math.atan((slope + 0.5) / SLOPES) * DIRECTIONS) / (2 * Math.PI)),
  );
  new Int32Array(kernels.memory.buffer, places.SLOPES, SLOPES + 1).set(turns);
  const timing = (half: boolean) => LAYOUTS.map((layout) => timingOf(layout, half));
  tables([SOLID_KNOWN, SIDES_KNOWN, ...timing(false), ...timing(true)]);

  function tables(all: readonly Known[]): void {
    let at = places.TABLES + all.length * TABLE_BYTES;
    all.forEach((table, i) => {
      const head = places.TABLES + i * TABLE_BYTES;
      new Int32Array(kernels.memory.buffer, head, 2).set([at, table.u.length]);
      viewing.floats(head + 8, 1)[0] = table.power;
      viewing.put(at, table);
      at += 12 * table.u.length;
    });
  }

  return {
    ...{ take, view, pixels: viewing.pixels },
    ...grid,

    /** What the kernels export, and where things are in their memory. */
    kernels,
    placesOf: viewing.placesOf,

    /** What four straight edges may be a symbol's sides, the likeliest first. */
    quads({ at, width, height }: View): Quad[] {
      if (width * height > PIXELS_MOST || Math.hypot(width, height) > DIAGONAL_MOST) return [];
      const sides = kernels.lines(kernels.edges(at, width, height));
      kernels.fitIn(at, width, height, 1);
      const count = kernels.quads(sides, LAYOUTS.length);
      const quads: Quad[] = [];
      for (let i = 0; i < count; i++) {
        const quad = figures(places.QUADS + 8 * QUAD_FIGURES * i, QUAD_FIGURES);
        const [sign, likeness, size] = quad.subarray(8) as unknown as Three;
        const layout = LAYOUTS[size]!;
        quads.push({ corners: quad.slice(0, 8), inverted: sign < 0, layout, likeness });
      }
      return quads.sort((a, b) => b.likeness - a.likeness);
    },

    /** What is fitted from here on, from where its corners are. */
    target(from: View, { corners, layout, inverted }: Quad): void {
      const all = known.get(layout)!;
      grid.target(from, layout.size, { all, some: SIDES_KNOWN }, inverted);
      const posts = figures(places.POSTS, POST_FIGURES);
      posts.fill(0);
      posts.set(corners);
      kernels.posed(1);
    },
  };
}

type Three = readonly [number, number, number];
