import type { Place } from './plain-edges.ts';

const DIRECTIONS = 128;
const DISTANCES = 448;
const MIDDLE = DISTANCES / 2;
const SIDES_MOST = 32;
const PEAKS_MOST = 400;
const BESIDE = 2;
const PLACES_LEAST = 5;
const VOTES_LEAST = 16;
const NEAR_WAYS = 3;
const NEAR_PX = 3;
const OFF_FIRST = 2.2;
const OFF_LAST = 1.1;
const OFF_WAYS = 5;
const SAME_PX = 1;
const SAME_REACH = 30;

/** A straight edge: its normal, how far it is from the middle, places on it, and where they are. */
export interface Side {
  readonly nx: number;
  readonly ny: number;
  readonly far: number;
  readonly on: number;
  readonly first: number;
  readonly last: number;
  /** Whether there is a place at each pixel along it. */
  readonly run: Uint8Array;
}

interface Peak {
  readonly way: number;
  readonly far: number;
  readonly sum: number;
}

/** Straight edges among places as assembly/lines.ts finds them, to the bit. */
export function plainLines(places: readonly Place[]): Side[] {
  const byWay: Place[][] = Array.from({ length: DIRECTIONS }, () => []);
  for (const place of places) byWay[place.way]!.push(place);
  let peaks = peaksOf(places);
  const sides: Side[] = [];
  while (sides.length < SIDES_MOST && peaks.length > 0) {
    const best = peaks.reduce((one, other) => (other.sum > one.sum ? other : one));
    const isNear = ({ way, far }: Peak) =>
      waysApart(way, best.way) <= NEAR_WAYS && Math.abs(far - best.far) <= NEAR_PX;
    peaks = peaks.filter((peak) => !isNear(peak));
    const side = fitted(byWay, best);
    if (side && sides.every((other) => !isSame(side, other))) sides.push(side);
  }
  return sides;
}

function waysApart(one: number, other: number): number {
  const apart = (one - other) & (DIRECTIONS - 1);
  return Math.min(apart, DIRECTIONS - apart);
}

function normalOf(way: number): [number, number] {
  const angle = (way * 2 * Math.PI) / DIRECTIONS;
  return [Math.cos(angle), Math.sin(angle)];
}

function peaksOf(places: readonly Place[]): Peak[] {
  const votes = Array.from({ length: DIRECTIONS }, () => new Uint16Array(DISTANCES));
  for (const { x, y, way } of places) {
    for (let k = -BESIDE; k <= BESIDE; k++) {
      const other = (way + k) & (DIRECTIONS - 1);
      const [cos, sin] = normalOf(other);
      const far = Math.trunc(x * cos + y * sin + MIDDLE + 0.5);
      votes[other]![far] = votes[other]![far]! + 1;
    }
  }
  const three = (way: number, far: number) => {
    const row = votes[way & (DIRECTIONS - 1)]!;
    return row[far - 1]! + 2 * row[far]! + row[far + 1]!;
  };
  const peaks: Peak[] = [];
  for (let way = 0; way < DIRECTIONS; way++) {
    for (let far = 2; far < DISTANCES - 2; far++) {
      const sum = three(way, far);
      if (votes[way]![far] === 0 || sum < VOTES_LEAST) continue;
      if (sum < three(way, far - 1) || sum <= three(way, far + 1)) continue;
      if (sum < three(way - 1, far) || sum <= three(way + 1, far)) continue;
      if (peaks.length < PEAKS_MOST) peaks.push({ way, far, sum });
    }
  }
  return peaks;
}

function fitted(byWay: readonly Place[][], peak: Peak): Side | undefined {
  let [nx, ny] = normalOf(peak.way);
  let far = peak.far - MIDDLE;
  const ways = Array.from({ length: 2 * OFF_WAYS + 1 }, (_, i) => peak.way - OFF_WAYS + i);
  const near = ways.flatMap((way) => byWay[way & (DIRECTIONS - 1)]!);
  for (let round = 0; ; round++) {
    const seen = near.map(({ x, y }) => ({ t: y * nx - x * ny, d: x * nx + y * ny - far }));
    const most = round === 0 ? OFF_FIRST : OFF_LAST;
    const on = seen.filter(({ d }) => Math.abs(d) <= most);
    if (on.length < PLACES_LEAST) return undefined;
    if (round === 2) {
      const run = new Uint8Array(DISTANCES);
      for (const { t, d } of seen) {
        if (Math.abs(d) <= OFF_FIRST) run[Math.floor(t + 0.5) + MIDDLE] = 1;
      }
      const ends = on.map(({ t }) => t);
      const [first, last] = [Math.min(...ends), Math.max(...ends)];
      return { nx, ny, far, on: on.length, first, last, run };
    }
    const sum = (of: (one: { t: number; d: number }) => number) =>
      on.reduce((all, one) => all + of(one), 0);
    const [sumT, sumD] = [sum(({ t }) => t), sum(({ d }) => d)];
    const spread = sum(({ t }) => t * t) - (sumT * sumT) / on.length;
    if (spread < 1) return undefined;
    const slope = (sum(({ t, d }) => t * d) - (sumT * sumD) / on.length) / spread;
    const at = far + (sumD - slope * sumT) / on.length;
    const long = Math.sqrt(1 + slope * slope);
    [nx, ny] = [(nx + slope * ny) / long, (ny - slope * nx) / long];
    far = at / long;
  }
}

function isSame(one: Side, other: Side): boolean {
  if (one.nx * other.nx + one.ny * other.ny < 0) return false;
  const middle = (one.first + one.last) / 2;
  return [middle - SAME_REACH, middle + SAME_REACH].every((t) => {
    const x = one.far * one.nx - t * one.ny;
    const y = one.far * one.ny + t * one.nx;
    return Math.abs(x * other.nx + y * other.ny - other.far) <= SAME_PX;
  });
}
