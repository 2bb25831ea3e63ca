import type { Luma } from '../../luma.ts';
import { planeOf } from '../plane.ts';
import type { Warp } from './kernel.ts';
import { knownOf } from './known.ts';
import { climbed } from './plain-climb.ts';
import { lookThrough, plainLikeness } from './plain-look.ts';
import { plainClearness } from './plain-modules.ts';
import type { Version } from './version.ts';

const f32 = Math.fround;
const ROUNDS = 16;
const CLEAR_ROUNDS = 6;
const LAST_STEP = 0.06;
const BEND_STRAIN = 0.15;
const STRAIN = 0.004;
/** Modules between slants that are tried, and how many to each side: coarse, then fine. */
const SLANTS = [
  { apart: 2.8, count: 2 },
  { apart: 1.4, count: 1 },
];
const BENDS = [-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6].map((i) => 0.05 * i);
/** The posts and bends that no finder holds. */
const LOOSE = [4, 5, 8, 9];

/** The posts (see kernel.ts) and how like a symbol what they make is. */
export interface Fit {
  readonly posts: readonly number[];
  readonly likeness: number;
}

type Two = readonly [number, number];
type Eight = readonly [...Two, ...Two, ...Two, ...Two];

/** The fit of a symbol as assembly/fit.ts makes it, to the bit. */
export function plainFit(picture: Luma, version: Version, inverted: boolean) {
  const { size } = version;
  const known = knownOf(version);
  const alike = (posts: readonly number[], which: 'all' | 'some') => {
    const warp = plainWarp(posts, size);
    return warp ? (inverted ? -1 : 1) * plainLikeness(picture, known[which], warp) : -1;
  };
  const strained = (posts: readonly number[]) =>
    alike(posts, 'all') - BEND_STRAIN * (Math.abs(posts[8]!) + Math.abs(posts[9]!));
  const moduleOf = ([ax, ay, bx, by]: Eight) =>
    Math.sqrt((bx - ax) * (bx - ax) + (by - ay) * (by - ay)) / (size - 7);

  function climb(
    start: readonly number[],
    steps: { first: number; rounds: number },
    moves: (k: number) => boolean,
    scoreOf: (posts: readonly number[]) => number,
  ): Fit {
    const module = moduleOf(start as unknown as Eight);
    const movesOf = (step: number) =>
      start.map((_, k) => (moves(k) ? step * (k < 8 ? module : 2 / size) : 0));
    const { figures } = climbed(start, { ...steps, last: LAST_STEP }, movesOf, scoreOf);
    return { posts: figures, likeness: alike(figures, 'all') };
  }

  return {
    /** Posts as they stand. */
    begun: (posts: readonly number[]): number => alike(posts, 'some'),

    /** The best of many slants and bends of three finders. */
    begin(three: readonly number[]): Fit {
      const [ax, ay, bx, by, , , dx, dy] = three as unknown as Eight;
      const side = 1 / (size - 7);
      const [alongX, alongY] = [(bx - ax) * side, (by - ay) * side];
      const [downX, downY] = [(dx - ax) * side, (dy - ay) * side];
      const straight = [ax, ay, bx, by, bx + dx - ax, by + dy - ay, dx, dy, 0, 0];
      let best = { posts: straight, likeness: -2, along: 0, down: 0 };
      for (const { apart, count } of SLANTS) {
        const from = best;
        for (let i = 0; i < (2 * count + 1) ** 2; i++) {
          const along = apart * (Math.floor(i / (2 * count + 1)) - count);
          const down = apart * ((i % (2 * count + 1)) - count);
          const x = from.posts[4]! + along * alongX + down * downX;
          const y = from.posts[5]! + along * alongY + down * downY;
          const posts = from.posts.with(4, x).with(5, y);
          const slant = { along: from.along + along, down: from.down + down };
          const strain = STRAIN * (Math.abs(slant.along) + Math.abs(slant.down));
          const likeness = alike(posts, 'some') - strain;
          if (likeness > best.likeness) best = { posts, likeness, ...slant };
        }
      }
      const flat = best.posts;
      for (const bend of BENDS) {
        for (const bends of [
          [bend, 0],
          [0, bend],
        ]) {
          const posts = [...flat.slice(0, 8), ...bends];
          const likeness = alike(posts, 'some') - STRAIN;
          if (likeness > best.likeness) best = { ...best, posts, likeness };
        }
      }
      return best;
    },

    /** Until the known modules are most like what they have to be. */
    fit(posts: readonly number[], first: number): Fit {
      return climb(posts, { first, rounds: ROUNDS }, () => true, strained);
    },

    /** What no finder holds, until all modules stand out most. */
    clear(posts: readonly number[], first: number): Fit {
      const clearness = (at: readonly number[]) => clearnessOf(picture, plainWarp(at, size), size);
      const before = clearness(posts) + 1;
      const scoreOf = (at: readonly number[]) => {
        const score = strained(at);
        return score < -0.9 ? score : score + clearness(at) / before;
      };
      return climb(posts, { first, rounds: CLEAR_ROUNDS }, (k) => LOOSE.includes(k), scoreOf);
    },
  };
}

function clearnessOf(picture: Luma, warp: Warp | undefined, size: number): number {
  if (!warp) return 0;
  const look = lookThrough(picture, warp);
  const middle = (i: number) => f32(f32((i + 0.5) * f32(2 / size)) - 1);
  const seen = Array.from({ length: size * size }, (_, i) =>
    look(middle(i % size), middle(Math.floor(i / size))),
  );
  return plainClearness(seen, size);
}

/** The warp of posts: the plane of the finders' middles about the symbol's own, and the bends. */
export function plainWarp(posts: readonly number[], size: number): Warp | undefined {
  const [ax, ay, bx, by, cx, cy, dx, dy] = posts as unknown as Eight;
  const plane = planeOf([
    { x: ax, y: ay },
    { x: bx, y: by },
    { x: cx, y: cy },
    { x: dx, y: dy },
  ]);
  if (!plane) return undefined;
  const [a, b, , d, e, , g, k] = plane as unknown as Eight;
  // Finders' middles are 3.5 modules from the edge.
  const reach = 1 - 7 / size;
  const middle = 1 + (g + k) / 2;
  const scale = 1 / (2 * reach * middle);
  const x = (ax + (a + b) / 2) / middle;
  const y = (ay + (d + e) / 2) / middle;
  const across = [(a - x * g) * scale, (b - x * k) * scale, x];
  const down = [(d - y * g) * scale, (e - y * k) * scale, y];
  return Float64Array.of(
    ...across,
    ...down,
    g * scale,
    k * scale,
    ...posts.slice(8),
    reach * reach,
  );
}
