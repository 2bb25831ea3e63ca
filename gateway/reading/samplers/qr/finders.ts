import type { Box } from '../../box.ts';
import type { Luma, Point } from '../../luma.ts';
import { type Edges, edgesFor, findEdges } from '../edges.ts';
import { outOf, type Shrunk, shrink } from '../shrink.ts';
import { noiseOf, rangeOf, sampleLine, stretch, type Turned, toPicture, turn } from '../turned.ts';
import { type Shape, shapeOf } from './shape.ts';

/** Dark, light, dark, light, dark across a finder's middle: pairs of 1, 1, 3, 1 and 1 modules. */
const PAIRS = [2, 4, 4, 2];
/** A pair may be wrong by this much, in modules. */
const PAIR_OFF = 1;
/** At most so many lines each way. */
const LINES_MAX = 160;
/** Noise that shows more than this is not gone through. */
const CROSSINGS_MAX = 600;
/** Of the places that lines of one way show so many are compared with those of the other. */
const CLUSTERS_MAX = 70;
/** So many lines have to cross a finder's middle, along or across. */
const CROSSINGS = 2;
/** ... and this share of those that a finder of its size has. */
const CROSSED = 0.2;
const LINE_STEP = 1.5;
/** The picture is looked at by so many times smaller, for modules of these pixels in it. */
const FACTORS = [1, 2, 4];
const MODULE_LEAST = 1.1;
const MODULE_MOST = 7;
/** Of all finders the likeliest are gone on with. */
const FINDERS_MAX = 10;
/** ... and of the places that lines show so many, at each size. */
const SPOTS_MAX = 16;

/** What looks like a finder pattern. */
export type Finder = Shape;

/** A place where lines along and lines across show one. */
interface Spot extends Point {
  readonly module: number;
  /** Lines that showed it, as a share of those that cross a finder of its size; 1 at most. */
  readonly weight: number;
  readonly inverted: boolean;
}

interface Crossing {
  readonly t: number;
  readonly s: number;
  readonly module: number;
  readonly inverted: boolean;
}

/**
 * Looks for finder patterns at three sizes, so that large ones are not lost in noise.
 * Cost: 40 ns a pixel of the box, so 4 ms for a box of 300 × 300.
 */
export function findFinders(picture: Luma, box: Box): Finder[] {
  const around = 8 + 0.1 * Math.max(box.width, box.height);
  const found = FACTORS.flatMap((factor) => {
    const small = shrink(picture, box, around, factor);
    const spots = spotsOf(turn(small.picture, small.box, 0));
    return spots.flatMap((spot) => {
      const shape = shapeOf(small.picture, spot);
      return shape ? enlarged(small, shape) : [];
    });
  });
  found.sort((a, b) => b.likeness - a.likeness);
  const apart: Finder[] = [];
  for (const one of found) {
    const known = apart.some(
      (other) => Math.hypot(other.x - one.x, other.y - one.y) < 3 * one.module,
    );
    if (!known) apart.push(one);
    if (apart.length === FINDERS_MAX) break;
  }
  return apart;
}

function enlarged(small: Shrunk, shape: Shape): Shape {
  const { factor } = small;
  const longer = ({ x, y }: Point) => ({ x: x * factor, y: y * factor });
  const axes = { along: longer(shape.along), down: longer(shape.down) };
  return { ...shape, ...outOf(small, shape), ...axes, module: shape.module * factor };
}

/** A place where lines along and lines across both show a finder. */
function spotsOf(turned: Turned): Spot[] {
  const across: Turned = {
    ...turned,
    cos: -turned.sin,
    sin: turned.cos,
    reach: acrossReach(turned),
  };
  const level = group(crossings(turned));
  // In the second view t runs along the first one's s, and s against its t.
  const upright = group(crossings(across).map((one) => ({ ...one, t: -one.s, s: one.t })));
  const found: Spot[] = [];
  for (const a of level) {
    for (const b of upright) {
      const module = (a.module + b.module) / 2;
      if (a.inverted !== b.inverted || a.weight + b.weight < 2 * CROSSINGS) continue;
      if (Math.abs(a.t - b.t) > 1.5 * module || Math.abs(a.s - b.s) > 1.5 * module) continue;
      if (Math.abs(a.module - b.module) > 0.45 * module) continue;
      // Lines along place it well in t, lines across in s.
      const place = toPicture(turned, a.t, b.s);
      const weight = Math.min(1, (a.weight + b.weight) / ((6 * module) / LINE_STEP));
      if (weight < CROSSED) continue;
      found.push({ ...place, module, weight, inverted: a.inverted });
    }
  }
  return found.sort((a, b) => b.weight - a.weight).slice(0, SPOTS_MAX);
}

function acrossReach({ half, cos, sin }: Turned): number {
  return Math.abs(half.x * cos) + Math.abs(half.y * sin);
}

function crossings(view: Turned): Crossing[] {
  const found: Crossing[] = [];
  const line = new Float32Array(2 * Math.ceil(view.half.x + view.half.y));
  const edges = edgesFor(line.length);
  const step = Math.max(LINE_STEP, (2 * view.reach) / LINES_MAX);
  for (let s = -view.reach; s <= view.reach; s += step) {
    const span = stretch(view, s);
    if (span.to - span.from < 12) continue;
    const count = sampleLine(view, s, span, { taps: 3, apart: 0.8 }, line);
    const swing = Math.min(0.15 * rangeOf(line, count), 4.5 * noiseOf(line, count));
    findEdges(line, count, Math.max(2, swing), edges);
    match(edges, s, span.from, found);
    if (found.length > CROSSINGS_MAX) break;
  }
  return found;
}

function match({ at, count, firstFalls }: Edges, s: number, from: number, found: Crossing[]): void {
  for (let i = 0; i + 5 < count; i++) {
    const module = (at[i + 5]! - at[i]!) / 7;
    if (module < MODULE_LEAST || module > MODULE_MOST) continue;
    let fits = true;
    for (let k = 0; k < 4 && fits; k++) {
      fits = Math.abs((at[i + k + 2]! - at[i + k]!) / module - PAIRS[k]!) <= PAIR_OFF;
    }
    if (!fits) continue;
    const t = from + (at[i + 2]! + at[i + 3]! + at[i]! + at[i + 5]!) / 4;
    found.push({ t, s, module, inverted: (i % 2 === 0) !== firstFalls });
  }
}

interface Cluster extends Crossing {
  readonly weight: number;
}

/** Crossings of one finder: near each other and of one size. */
function group(all: readonly Crossing[]): Cluster[] {
  const clusters: { t: number; s: number; module: number; weight: number; inverted: boolean }[] =
    [];
  for (const one of all) {
    const near = clusters.find(
      (c) =>
        c.inverted === one.inverted &&
        Math.abs(c.t / c.weight - one.t) < 1.2 * one.module &&
        Math.abs(c.s / c.weight - one.s) < 3 * one.module &&
        Math.abs(c.module / c.weight - one.module) < 0.4 * one.module,
    );
    if (near) {
      near.t += one.t;
      near.s += one.s;
      near.module += one.module;
      near.weight++;
    } else clusters.push({ ...one, weight: 1 });
  }
  clusters.sort((a, b) => b.weight - a.weight);
  return clusters.slice(0, CLUSTERS_MAX).map(({ t, s, module, weight, inverted }) => ({
    t: t / weight,
    s: s / weight,
    module: module / weight,
    weight,
    inverted,
  }));
}
