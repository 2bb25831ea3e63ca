import type { Point } from '../../luma.ts';
import type { Finder } from './finders.ts';
import type { Posts } from './kernel.ts';
import { inAxes, type Shape } from './shape.ts';

/** Finders whose shape is looked at. */
const SHAPES_MAX = 7;
/** Two finders of a side lie along one's axis to this part, of a diagonal between them. */
const SIDE_OFF = 0.2;
const DIAGONAL_OFF = 0.3;
/** The sides that are not seen may be longer or shorter than the finders say. */
const SCALES = [0.88, 0.94, 1, 1.06, 1.12];

/** Where a symbol may be of which two finders are seen, and how many modules long its side is. */
export interface Guess {
  /** What is not seen may be nearer or further. */
  readonly variants: readonly Posts[];
  readonly size: number;
  readonly inverted: boolean;
  readonly module: number;
}

/**
 * What two finders say where a finger or a glare hides the third: the shape of each gives the
 * directions and lengths of the sides that are not seen.
 * Cost: nothing to speak of.
 */
export function guessesOf(finders: readonly Finder[]): Guess[] {
  const shapes = finders.slice(0, SHAPES_MAX);
  const guesses: Guess[] = [];
  for (const a of shapes) {
    for (const b of shapes) {
      if (a === b || a.inverted !== b.inverted) continue;
      guesses.push(...sides(a, b), ...diagonals(a, b));
    }
  }
  return guesses;
}

/** The axes of a shape, turned by quarters until the first points to a place. */
function towards(shape: Shape, to: Point): { ahead: Point; right: Point; u: number; v: number } {
  const { u, v } = inAxes(shape, to);
  const { along, down } = shape;
  const minus = ({ x, y }: Point) => ({ x: -x, y: -y });
  if (Math.abs(u) >= Math.abs(v)) {
    return u > 0
      ? { ahead: along, right: down, u, v }
      : { ahead: minus(along), right: minus(down), u: -u, v: -v };
  }
  return v > 0
    ? { ahead: down, right: minus(along), u: v, v: -u }
    : { ahead: minus(down), right: along, u: -v, v: u };
}

function plus({ x, y }: Point, step: Point, times: number): Point {
  return { x: x + step.x * times, y: y + step.y * times };
}

function posts(...places: readonly Point[]): Posts {
  return Float64Array.from([...places.flatMap(({ x, y }) => [x, y]), 0, 0]);
}

/** The symbol to the right of the way from one to the other: they are its upper or its left side. */
function sides(a: Shape, b: Shape): Guess[] {
  const from = towards(a, b);
  const back = towards(b, a);
  if (Math.abs(from.v) > SIDE_OFF * from.u || Math.abs(back.v) > SIDE_OFF * back.u) return [];
  const side = (from.u + back.u) / 2;
  const { inverted, module } = a;
  // Seen from the other end, the same side of the way is on the left.
  const belowA = (scale: number) => plus(a, from.right, scale * side);
  const belowB = (scale: number) => plus(b, back.right, -scale * side);
  const upper = SCALES.map((scale) => posts(a, b, belowB(scale), belowA(scale)));
  const left = SCALES.map((scale) => posts(b, belowB(scale), belowA(scale), a));
  return [upper, left].map((variants) => ({ variants, size: side + 7, inverted, module }));
}

/** From the upper right finder to the lower left one. */
function diagonals(a: Shape, b: Shape): Guess[] {
  const from = inAxes(a, b);
  const back = inAxes(b, a);
  const [u, v] = [Math.abs(from.u), Math.abs(from.v)];
  if (Math.abs(u - v) > DIAGONAL_OFF * Math.max(u, v)) return [];
  const side = (u + v + Math.abs(back.u) + Math.abs(back.v)) / 4;
  const { inverted, module } = a;
  // One way from a to b is along its axis and then down, the other down and then along.
  const first = plus(a, a.along, from.u);
  const second = plus(a, a.down, from.v);
  const turn = (a.x - first.x) * (b.y - first.y) - (a.y - first.y) * (b.x - first.x);
  // Seen the other way round, the other one is the upper left corner.
  const [corner, last] = turn > 0 ? [first, second] : [second, first];
  return [{ variants: [posts(corner, a, last, b)], size: side + 7, inverted, module }];
}
