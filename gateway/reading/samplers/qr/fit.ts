import type { Luma, Point } from '../../luma.ts';
import { brightness, planeOf } from '../plane.ts';
import { meanAt, sumsOf } from './around.ts';
import type { Finder } from './finders.ts';
import { DARK, LIGHT, type Version } from './version.ts';

type Eight = readonly [number, number, number, number, number, number, number, number];
type Eleven = readonly [...Eight, number, number, number];

/** Turns of the fit, each with shorter steps than the one before, the first of so many modules. */
const ROUNDS = 16;
const FIRST_STEP = 0.7;
/** ... or so many, where the start is a guess. */
const COARSE_STEP = 1.6;
const LAST_STEP = 0.06;
const CLEAR_ROUNDS = 6;
/** What a bend as large as half the symbol costs in likeness: paper is flat until it shows. */
const BEND_STRAIN = 0.15;
/** Known modules that the fit looks at, at most: beyond, every second and so on. */
const PLACES_MAX = 480;
const PLACES_BEGUN_MAX = 170;

/**
 * Where a symbol's modules are: a plane about its middle (six figures and two of perspective), two
 * more for paper that is bent about either axis, and what leaves the finders where they are.
 * Coordinates run from -1 to 1 between the outer edges.
 */
export type Warp = Float64Array;

/** Where (u, v) of the symbol is in the picture. */
export function warped(warp: Warp, u: number, v: number, out: { x: number; y: number }): void {
  const bu = u + warp[8]! * (v * v - warp[10]!);
  const bv = v + warp[9]! * (u * u - warp[10]!);
  const w = 1 / (warp[6]! * bu + warp[7]! * bv + 1);
  out.x = warp[2]! + (warp[0]! * bu + warp[1]! * bv) * w;
  out.y = warp[5]! + (warp[3]! * bu + warp[4]! * bv) * w;
}

/** Three finders in the order upper left, upper right, lower left. */
export type Triple = readonly [Finder, Finder, Finder];

/**
 * What is fitted: the three finders' middles and where a fourth one's would be, as x and y in the
 * order upper left, upper right, lower right, lower left; then the two bends.
 */
export type Posts = Float64Array;

/** The posts of three finders as if seen straight on. */
export function postsOf([corner, right, below]: Triple): Posts {
  const x = right.x + below.x - corner.x;
  const y = right.y + below.y - corner.y;
  return Float64Array.of(corner.x, corner.y, right.x, right.y, x, y, below.x, below.y, 0, 0);
}

/** Undefined where the posts cross. */
export function warpOf(posts: Posts, size: number): Warp | undefined {
  const at = (i: number) => ({ x: posts[2 * i]!, y: posts[2 * i + 1]! });
  const plane = planeOf([at(0), at(1), at(2), at(3)]);
  if (!plane) return undefined;
  const [a, b, c, d, e, f, g, h] = plane as unknown as Eight;
  // Finders' middles are 3.5 modules from the edge, and the plane runs from 0 to 1 between them.
  const reach = 1 - 7 / size;
  const middle = 1 + (g + h) / 2;
  const scale = 1 / (2 * reach * middle);
  const x = (c + (a + b) / 2) / middle;
  const y = (f + (d + e) / 2) / middle;
  return Float64Array.of(
    (a - x * g) * scale,
    (b - x * h) * scale,
    x,
    (d - y * g) * scale,
    (e - y * h) * scale,
    y,
    g * scale,
    h * scale,
    posts[8]!,
    posts[9]!,
    reach * reach,
  );
}

interface Known {
  readonly u: Float32Array;
  readonly v: Float32Array;
  /** What a module adds to the score: light ones together 1, dark ones -1. */
  readonly weight: Float32Array;
  /** The sum of the weights' squares. */
  readonly power: number;
}

/** The modules of a version that are known beforehand, and the light ones beside it. */
function knownOf({ uses, size }: Version, most: number): Known {
  const places: { x: number; y: number; dark: boolean }[] = [];
  for (let y = -1; y <= size; y++) {
    for (let x = -1; x <= size; x++) {
      const beside = x < 0 || y < 0 || x === size || y === size;
      const use = beside ? LIGHT : uses[y * size + x];
      if (use === LIGHT || use === DARK) places.push({ x, y, dark: use === DARK });
    }
  }
  const kept = places.filter((_, k) => k % Math.ceil(places.length / most) === 0);
  const dark = kept.filter((place) => place.dark).length;
  const at = (i: number) => (2 * (i + 0.5)) / size - 1;
  return {
    u: Float32Array.from(kept, ({ x }) => at(x)),
    v: Float32Array.from(kept, ({ y }) => at(y)),
    weight: Float32Array.from(kept, (place) => (place.dark ? -1 / dark : 1 / (kept.length - dark))),
    power: 1 / dark + 1 / (kept.length - dark),
  };
}

const known = new Map<number, { all: Known; some: Known }>();

function knownFor(version: Version): { all: Known; some: Known } {
  let modules = known.get(version.number);
  if (!modules) {
    modules = { all: knownOf(version, PLACES_MAX), some: knownOf(version, PLACES_BEGUN_MAX) };
    known.set(version.number, modules);
  }
  return modules;
}

/** Posts, and how like a symbol of a version the place that they span looks. */
export interface Fit {
  readonly posts: Posts;
  /** The correlation of the known modules with what they have to be, 1 at most. */
  readonly likeness: number;
}

/** What a module of slant costs in likeness: where nothing tells, the straight one is right. */
const STRAIN = 0.004;
/** Where a fourth finder would be, and bends, as far as they are tried before any is moved. */
const SLANTS = [-7, -5.5, -4, -2.5, -1, 0, 1, 2.5, 4, 5.5, 7];
const BENDS = [-0.32, -0.26, -0.2, -0.14, -0.08, -0.04, 0.04, 0.08, 0.14, 0.2, 0.26, 0.32];

/**
 * The best of many slants and bends of three finders.
 * Cost: 145 × 170 samples at 12 ns at most: 0.3 ms.
 */
export function begin(picture: Luma, version: Version, triple: Triple, inverted: boolean): Fit {
  const modules = knownFor(version).some;
  const start = postsOf(triple);
  const sign = inverted ? -1 : 1;
  let best: Fit = { posts: start, likeness: -1 };
  const consider = (posts: Posts, strain: number) => {
    const warp = warpOf(posts, version.size);
    const likeness = warp ? sign * likenessOf(picture, modules, warp) - strain : -1;
    if (likeness > best.likeness) best = { posts, likeness };
  };
  const side = version.size - 7;
  for (const along of SLANTS) {
    for (const down of SLANTS) {
      const posts = start.slice();
      posts[4] =
        start[4]! + (along * (start[2]! - start[0]!) + down * (start[6]! - start[0]!)) / side;
      posts[5] =
        start[5]! + (along * (start[3]! - start[1]!) + down * (start[7]! - start[1]!)) / side;
      consider(posts, STRAIN * (Math.abs(along) + Math.abs(down)));
    }
  }
  const flat = best.posts;
  for (const bend of BENDS) {
    for (const axis of [8, 9]) {
      const posts = flat.slice();
      posts[axis] = bend;
      consider(posts, STRAIN);
    }
  }
  return best;
}

/** How like a symbol of a version posts are as they stand. */
export function begunAt(picture: Luma, version: Version, posts: Posts, inverted: boolean): Fit {
  const warp = warpOf(posts, version.size);
  const { some } = knownFor(version);
  return { posts, likeness: warp ? (inverted ? -1 : 1) * likenessOf(picture, some, warp) : -1 };
}

/**
 * Moves posts until the known modules are most like what they have to be, one after another; then,
 * where nothing known stands near, until all modules stand out most.
 * Cost: 200 × 480 samples and 60 of all modules at 12 ns at most: 2 ms for a version 5.
 */
export function fit(
  picture: Luma,
  version: Version,
  start: Fit,
  inverted: boolean,
  coarse = false,
): Fit {
  const modules = knownFor(version).all;
  const sign = inverted ? -1 : 1;
  const posts = start.posts.slice();
  const likeness = () => {
    const warp = warpOf(posts, version.size);
    return warp ? sign * likenessOf(picture, modules, warp) : -1;
  };
  const strained = () => likeness() - BEND_STRAIN * (Math.abs(posts[8]!) + Math.abs(posts[9]!));
  climb(
    posts,
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    version.size,
    { rounds: ROUNDS, first: coarse ? COARSE_STEP : FIRST_STEP },
    strained,
  );
  const first = warpOf(posts, version.size);
  const before = first ? clearness(picture, version, first) + 1 : 1;
  const clear = () => {
    const warp = warpOf(posts, version.size);
    return warp ? clearness(picture, version, warp) / before + strained() : -1;
  };
  climb(posts, [4, 5, 8, 9], version.size, { rounds: CLEAR_ROUNDS, first: FIRST_STEP }, clear);
  return { posts, likeness: likeness() };
}

/** Moves some of the posts by shorter and shorter steps for as long as the score rises. */
function climb(
  posts: Posts,
  which: readonly number[],
  size: number,
  { rounds, first }: { rounds: number; first: number },
  scoreOf: () => number,
): void {
  const module = Math.hypot(posts[2]! - posts[0]!, posts[3]! - posts[1]!) / (size - 7);
  let best = scoreOf();
  let step = first;
  for (let round = 0; round < rounds; round++) {
    const before = best;
    for (const k of which) {
      // A post moves by a part of a module; a bend by as much at its middle.
      const move = step * (k < 8 ? module : 2 / size);
      for (const way of [move, -move]) {
        const last = posts[k]!;
        posts[k] = last + way;
        const score = scoreOf();
        if (score > best) {
          best = score;
          break;
        }
        posts[k] = last;
      }
    }
    step *= best > before ? 0.85 : 0.5;
    if (step < LAST_STEP) break;
  }
}

/** How far the modules' middles are from the mean around them, in the mean: blurred ones are less. */
function clearness(picture: Luma, { size }: Version, warp: Warp): number {
  const values = new Float32Array(size * size);
  for (let y = 0, i = 0; y < size; y++) {
    const v = (2 * (y + 0.5)) / size - 1;
    for (let x = 0; x < size; x++, i++) {
      warped(warp, (2 * (x + 0.5)) / size - 1, v, at);
      values[i] = brightness(picture, at.x, at.y);
    }
  }
  const table = sumsOf(values, size);
  let sum = 0;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++)
      sum += Math.abs(values[y * size + x]! - meanAt(table, size, x, y));
  }
  return sum / values.length;
}

const at = { x: 0, y: 0 };

/** The innermost loop of the fit: `warped` and `brightness` written out, which halves its time. */
function likenessOf({ luma, width, height }: Luma, { u, v, weight, power }: Known, warp: Warp) {
  const [a, b, x, c, d, y, g, h, bendU, bendV, rest] = warp as unknown as Eleven;
  const right = width - 1.001;
  const below = height - 1.001;
  let sum = 0;
  let squares = 0;
  let both = 0;
  for (let i = 0; i < u.length; i++) {
    const bu = u[i]! + bendU * (v[i]! * v[i]! - rest);
    const bv = v[i]! + bendV * (u[i]! * u[i]! - rest);
    const w = 1 / (g * bu + h * bv + 1);
    let px = x + (a * bu + b * bv) * w;
    let py = y + (c * bu + d * bv) * w;
    px = px < 0 ? 0 : px > right ? right : px;
    py = py < 0 ? 0 : py > below ? below : py;
    const ix = px | 0;
    const iy = py | 0;
    const k = iy * width + ix;
    const fx = px - ix;
    const top = luma[k]! + fx * (luma[k + 1]! - luma[k]!);
    const low = luma[k + width]! + fx * (luma[k + width + 1]! - luma[k + width]!);
    const value = top + (py - iy) * (low - top);
    sum += value;
    squares += value * value;
    both += weight[i]! * value;
  }
  // The weights' own mean is 0 by their making.
  const variance = squares - (sum * sum) / u.length;
  return variance < 1 ? 0 : both / Math.sqrt(variance * power);
}

/** The symbol's corners in the picture: upper left, upper right, lower right, lower left. */
export function cornersOf(warp: Warp): [Point, Point, Point, Point] {
  const corner = (u: number, v: number): Point => {
    const point = { x: 0, y: 0 };
    warped(warp, u, v, point);
    return point;
  };
  return [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
}
