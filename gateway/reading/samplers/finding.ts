import type { Point } from '../luma.ts';
import type { Known } from './qr/known.ts';
import type { Shape } from './qr/shape.ts';
import type { View } from './qr/view.ts';
import { openViews, type ViewingExports } from './views.ts';

/** What kernels that find patterns export beside their own; see qr/assembly/index.ts. */
export interface FindingExports extends ViewingExports {
  transpose(from: number, to: number, w: number, h: number): void;
  cross(from: number, w: number, h: number, step: number, clusters: number): number;
  spots(levels: number, uprights: number, step: number): number;
  shape(from: number, w: number, h: number, ...spot: number[]): number;
}

const PLACES = ['TURNS', 'FINDER', 'SPOTS', 'LEVEL', 'UPRIGHT'] as const;

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
 * Opens kernels that find a pattern: a box of a picture in their memory, smaller views of it, and
 * the places that look like the pattern. One instance belongs to one thread.
 * @param wasm where the kernels are
 * @param pattern the pattern's modules about its middle, in modules
 */
export function openFinding<Own>(wasm: URL, pattern: Known) {
  const viewing = openViews<Own & FindingExports>(wasm);
  const { kernels, floats, end } = viewing;
  const places = viewing.placesOf(PLACES);

  const turns = floats(places.TURNS, 2 * TURN_COUNT);
  for (let i = 0; i < TURN_COUNT; i++) {
    turns.set([Math.cos((i * Math.PI) / 18), Math.sin((i * Math.PI) / 18)], 2 * i);
  }
  viewing.put(places.FINDER, pattern);

  return {
    ...viewing,

    /** Places that look like finders to lines `step` pixels apart, the likeliest first. */
    spots({ at, width, height }: View, step: number): Spot[] {
      const { LEVEL, UPRIGHT, SPOTS } = places;
      const turned = end();
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
  };
}

type Six = readonly [number, number, number, number, number, number];
