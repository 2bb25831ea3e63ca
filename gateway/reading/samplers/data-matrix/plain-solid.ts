import type { Luma } from '../../luma.ts';
import { plainWarp } from '../qr/plain-fit.ts';
import { plainLikeness } from '../qr/plain-look.ts';
import { SOLID_KNOWN } from './known.ts';
import type { Side } from './plain-lines.ts';

const f32 = Math.fround;
const OUTSIDE = 0.06;
const UPRIGHT = 0.7;
const LONG_LEAST = 20;
const LONGER_MOST = 2.2;
const HIDDEN = 0.92;
const GAP = 5;
const BLURRED = 1;
const ENDS_MOST = 3;
const SOLID_LEAST = 0.6;
const NEAR_PX = 1.6;
const PAIRS_MOST = 60;
const BEGUN_MOST = 8;

/** x and y of four corners: upper left, upper right, lower right, lower left. */
export type Corners = readonly number[];

/** What two straight edges that meet may be the solid sides of. */
export interface Solid {
  readonly corners: Corners;
  readonly sign: number;
  readonly weight: number;
}

/** Whether corners are so many pixels from others at most. */
export function areNear(one: Corners, other: Corners, most: number): boolean {
  return one.every((at, i) => Math.abs(at - other[i]!) <= most);
}

/** Corners' warp, flat; the posts are at the symbol's own corners. */
export const warpOf = (corners: Corners) => plainWarp([...corners, 0, 0], Number.POSITIVE_INFINITY);

/** What two straight edges may be the solid sides of as assembly/solid.ts finds it, to the bit. */
export function plainSolids(picture: Luma, sides: readonly Side[]): Solid[] {
  const { width, height } = picture;
  const middleX = (width - 1) / 2;
  const middleY = (height - 1) / 2;
  const sine = (one: Side, other: Side) => one.nx * other.ny - one.ny * other.nx;
  const inside = ([x, y]: readonly [number, number]) => {
    const [outX, outY] = [OUTSIDE * width, OUTSIDE * height];
    return x > -outX && y > -outY && x < width + outX && y < height + outY;
  };
  const meet = (one: Side, other: Side): [number, number] => {
    const det = sine(one, other);
    const x = (one.far * other.ny - other.far * one.ny) / det + middleX;
    return [x, (one.nx * other.far - other.nx * one.far) / det + middleY];
  };
  let solids: Solid[] = [];

  function pairs(): [Side, Side][] {
    const all: { weight: number; pair: [Side, Side] }[] = [];
    for (const left of sides) {
      for (const below of sides) {
        if (sine(left, below) > -UPRIGHT || !inside(meet(left, below))) continue;
        const one = { weight: Math.min(left.on, below.on), pair: [left, below] as [Side, Side] };
        if (all.length < PAIRS_MOST) {
          all.push(one);
          continue;
        }
        const least = Math.min(...all.map(({ weight }) => weight));
        const place = all.findIndex(({ weight }) => weight === least);
        if (least < one.weight) all[place] = one;
      }
    }
    return all.map(({ pair }) => pair);
  }

  function endsOf(one: Side, other: Side, [x, y]: readonly [number, number], sign: number) {
    const way = sign * sine(other, one) > 0 ? 1 : -1;
    let t = Math.floor((y - middleY) * one.nx - (x - middleX) * one.ny + 0.5) + one.run.length / 2;
    const ends: number[] = [];
    let [seen, gap] = [0, 0];
    for (let far = 0; ends.length < ENDS_MOST; far++, t += way) {
      const isOut = t < 0 || t >= one.run.length;
      gap = one.run[t] ? 0 : gap + 1;
      if (gap === 0) {
        seen++;
        continue;
      }
      const long = far - gap + 1;
      const isEnd = (gap === GAP || isOut) && long >= LONG_LEAST && 2 * seen >= long;
      if (isEnd) ends.push(way * (long + BLURRED));
      if (isOut) break;
    }
    return ends;
  }

  function add(corners: Corners, short: number, sign: number): void {
    const warp = warpOf(corners);
    const solid = warp ? sign * plainLikeness(picture, SOLID_KNOWN, warp) : -1;
    if (solid < f32(SOLID_LEAST)) return;
    const weight = f32(solid * solid) * Math.sqrt(short);
    const same = solids.find((one) => one.sign === sign && areNear(one.corners, corners, NEAR_PX));
    if (same && same.weight >= weight) return;
    solids = solids.filter((one) => one !== same);
    const place = solids.findLastIndex((one) => one.weight >= weight) + 1;
    solids = solids.toSpliced(place, 0, { corners, sign, weight }).slice(0, BEGUN_MOST);
  }

  function reach(left: Side, up: number, below: Side, right: number, from: [number, number]) {
    const [x, y] = from;
    const upper = [x - up * left.ny, y + up * left.nx] as const;
    const lower = [x - right * below.ny, y + right * below.nx] as const;
    if (!inside(upper) || !inside(lower)) return undefined;
    const fourth = [upper[0] + lower[0] - x, upper[1] + lower[1] - y] as const;
    return [...upper, ...fourth, ...lower, x, y];
  }

  for (const [left, below] of pairs()) {
    const from = meet(left, below);
    for (const sign of [1, -1]) {
      const ups = endsOf(left, below, from, sign);
      for (const up of ups) {
        for (const right of endsOf(below, left, from, sign)) {
          const [short, long] = [up, right].map(Math.abs).sort((a, b) => a - b) as [number, number];
          if (long > LONGER_MOST * short) continue;
          const own = reach(left, up, below, right, from);
          if (own) add(own, short, sign);
          if (short > HIDDEN * long) continue;
          const isUp = Math.abs(up) < long;
          const [farUp, farRight] = [Math.sign(up) * long, Math.sign(right) * long];
          const longer = reach(left, isUp ? farUp : up, below, isUp ? right : farRight, from);
          if (longer) add(longer, short, sign);
        }
      }
    }
  }
  return solids;
}
