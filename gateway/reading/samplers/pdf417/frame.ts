import type { Point } from '../../luma.ts';
import { fitLine, type Line, leastSquares } from '../line-fit.ts';
import { brightness } from '../plane.ts';
import { toPicture, type Turned } from '../turned.ts';
import type { Guards, Hit } from './guards.ts';

/** So many lines have to show a guard in one straight line. */
const INLIERS_MIN = 3;
/** A guard is followed up and down while its profile agrees this well with the pattern. */
const ALIKE_MIN = 0.45;
/** ... and over a gap of so many modules: a crack, a glare. */
const GAP_MODULES = 7;
const SAMPLES_PER_MODULE = 2;
const START_PROFILE = profile([8, 1, 1, 1, 1, 1, 1, 3]);
const STOP_PROFILE = profile([7, 1, 1, 3, 1, 1, 1, 2, 1]);
const COLUMNS_MAX = 30;

/** A symbol's outline, in its own order: the first corner is where the start pattern begins. */
export interface Frame {
  /** Upper left, upper right, lower right, lower left of the picture's pixels. */
  readonly corners: readonly [Point, Point, Point, Point];
  /** Modules from edge to edge: 17 × data columns + 69. */
  readonly modules: number;
  readonly columns: number;
  readonly inverted: boolean;
  /** Lines on which a guard was seen. */
  readonly support: number;
}

/** One guard with its two edges as lines, and how far up and down it goes. */
interface Side {
  readonly outer: Line;
  readonly inner: Line;
  readonly first: number;
  readonly last: number;
  readonly module: number;
  readonly support: number;
}

function profile(runs: readonly number[]): Float32Array {
  const levels: number[] = [];
  runs.forEach((run, i) => {
    for (let k = 0; k < run * SAMPLES_PER_MODULE; k++) levels.push(i % 2 === 0 ? 0 : 1);
  });
  return Float32Array.from(levels);
}

/**
 * The symbol between guards that were seen. Needs both its sides.
 * Cost: 100 µs and less.
 *
 * @returns undefined where the guards do not make a symbol
 */
export function frameOf(turned: Turned, guards: Guards): Frame | undefined {
  // Backwards is the same by half a turn: then the start is on the left again.
  const view = guards.backwards ? halfTurn(turned) : turned;
  const start = sideOf(view, guards, guards.starts, true);
  const stop = sideOf(view, guards, guards.stops, false);
  if (!start || !stop) return undefined;
  const middle = (start.first + start.last + stop.first + stop.last) / 4;
  const width = at(stop.outer, middle) - at(start.outer, middle);
  const exact = width / Math.sqrt(start.module * stop.module);
  const columns = Math.round((exact - 69) / 17);
  if (columns < 1 || columns > COLUMNS_MAX) return undefined;
  const heights = [start.last - start.first, stop.last - stop.first] as const;
  if (Math.min(...heights) < 0.25 * Math.max(...heights)) return undefined;
  const corners = cornersOf(view, start, stop);
  const support = Math.min(start.support, stop.support);
  return { corners, modules: 17 * columns + 69, columns, inverted: guards.inverted, support };
}

function at(line: Line, s: number): number {
  return line.at + line.slope * s;
}

function halfTurn(turned: Turned): Turned {
  return { ...turned, cos: -turned.cos, sin: -turned.sin };
}

function sideOf(
  view: Turned,
  guards: Guards,
  hits: readonly Hit[],
  start: boolean,
): Side | undefined {
  const sign = guards.backwards ? -1 : 1;
  const s = hits.map((hit) => sign * hit.s);
  const begin = hits.map((hit) => sign * (guards.backwards ? hit.to : hit.from));
  const end = hits.map((hit) => sign * (guards.backwards ? hit.from : hit.to));
  const modules = start ? 17 : 18;
  const sizes = hits.map((hit) => (hit.to - hit.from) / modules).sort((a, b) => a - b);
  const module = sizes[sizes.length >> 1];
  if (module === undefined) return undefined;
  const outer = fitLine(s, start ? begin : end, 1 + 0.4 * module);
  if (!outer || outer.inliers.length < INLIERS_MIN) return undefined;
  const inner = leastSquares(s, start ? end : begin, outer.inliers);
  if (!inner) return undefined;
  const levels = outer.inliers.map((i) => s[i]!);
  const reach = { first: Math.min(...levels), last: Math.max(...levels) };
  const lines = { outer: outer.line, inner };
  return { ...lines, ...follow(view, lines, reach, start, guards.inverted, module), module, support: outer.inliers.length };
}

/** Goes on from where the guard was seen for as long as it looks like one. */
function follow(
  view: Turned,
  { outer, inner }: { outer: Line; inner: Line },
  reach: { first: number; last: number },
  start: boolean,
  inverted: boolean,
  module: number,
): { first: number; last: number } {
  const wanted = start ? START_PROFILE : STOP_PROFILE;
  const seen = new Float32Array(wanted.length);
  const gap = GAP_MODULES * module;
  const walk = (from: number, step: number) => {
    let good = from;
    for (let s = from; Math.abs(s - good) <= gap && Math.abs(s) <= view.reach; s += step) {
      const left = at(start ? outer : inner, s);
      const width = at(start ? inner : outer, s) - left;
      for (let i = 0; i < seen.length; i++) {
        const point = toPicture(view, left + ((i + 0.5) / seen.length) * width, s);
        seen[i] = brightness(view.picture, point.x, point.y);
      }
      if ((inverted ? -1 : 1) * alike(seen, wanted) >= ALIKE_MIN) good = s;
    }
    return good + step / 2;
  };
  const middle = (reach.first + reach.last) / 2;
  return { first: walk(Math.min(middle, reach.first), -1), last: walk(Math.max(middle, reach.last), 1) };
}

/** The correlation of two lists, -1 to 1; 0 where one of them is flat. */
export function alike(a: Float32Array, b: Float32Array): number {
  const n = a.length;
  let sa = 0;
  let sb = 0;
  for (let i = 0; i < n; i++) {
    sa += a[i]!;
    sb += b[i]!;
  }
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < n; i++) {
    const da = a[i]! - sa / n;
    const db = b[i]! - sb / n;
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa * bb < 1e-9 ? 0 : ab / Math.sqrt(aa * bb);
}

/** The guards end where their middles do; the rows between give the lines out to the corners. */
function cornersOf(view: Turned, start: Side, stop: Side): [Point, Point, Point, Point] {
  const centre = (side: Side, s: number) => (at(side.outer, s) + at(side.inner, s)) / 2;
  const corner = (s0: number, s1: number, line: Line): Point => {
    const t0 = centre(start, s0);
    const slope = (s1 - s0) / (centre(stop, s1) - t0);
    // t = at + slope' s and s = s0 + slope (t - t0), at once.
    const s = (s0 + slope * (line.at - t0)) / (1 - slope * line.slope);
    return toPicture(view, at(line, s), s);
  };
  return [
    corner(start.first, stop.first, start.outer),
    corner(start.first, stop.first, stop.outer),
    corner(start.last, stop.last, stop.outer),
    corner(start.last, stop.last, start.outer),
  ];
}
