import type { Box } from '../box.ts';
import type { Luma, Point } from '../luma.ts';
import { brightness, type Plane, planeOf } from './plane.ts';
import { shrink } from './shrink.ts';

type Eight = readonly [number, number, number, number, number, number, number, number];

/** Pixels around the box that are averaged too. */
const AROUND = 24;
/** Frames that are taken together, the newest with them; older ones are left out. */
export const SHOTS_MAX = 4;
/** A quarter of the box may have moved by so many pixels since, beyond what the box itself moved. */
const COARSE = 4;
const COARSE_REACH = 5;
const FINE_REACH = 3;
/** Samples of a quarter that are compared. */
const SAMPLES_MAX = 900;
/** A shot that agrees less than this with the newest is not of the same thing. */
const ALIKE = 0.35;

/** One frame and where the track's box is in it. */
export interface Shot {
  readonly picture: Luma;
  readonly box: Box;
}

/** The mean of several shots of one thing. */
export interface Averaged {
  readonly picture: Luma;
  /** The newest shot's box, in the averaged picture. */
  readonly box: Box;
  /** Where the averaged picture begins in the newest shot. */
  readonly left: number;
  readonly top: number;
  /** How many shots are in it; 1 is the newest alone. */
  readonly shots: number;
}

/**
 * Lays older shots of a tracked box over the newest and averages them: noise, moire and flicker
 * bands move from frame to frame, a code does not. Each quarter of the box is looked for by itself,
 * so that a hand may turn and tilt between frames.
 * Cost: 5 ms for each older shot of a box of 300 × 300.
 *
 * @param shots the newest last
 */
export function averageOf(shots: readonly Shot[]): Averaged | undefined {
  const newest = shots.at(-1);
  if (!newest) return undefined;
  const { picture, box, left, top } = cut(newest);
  const { width, height } = picture;
  const sums = Float32Array.from(picture.luma.subarray(0, width * height));
  let count = 1;
  for (const shot of shots.slice(-SHOTS_MAX, -1)) {
    const plane = planeBetween({ picture, box }, shot);
    if (!plane) continue;
    addShot(sums, { picture, box }, shot.picture, plane);
    count++;
  }
  const luma = new Uint8Array(sums.length);
  for (let i = 0; i < luma.length; i++) luma[i] = sums[i]! / count + 0.5;
  return { picture: { luma, width, height }, box, left, top, shots: count };
}

/** The box and what is around it, as a picture of its own. */
function cut({ picture, box }: Shot) {
  const left = Math.max(0, Math.floor(box.x - AROUND));
  const top = Math.max(0, Math.floor(box.y - AROUND));
  const right = Math.min(picture.width, Math.ceil(box.x + box.width + AROUND));
  const below = Math.min(picture.height, Math.ceil(box.y + box.height + AROUND));
  const [width, height] = [right - left, below - top];
  const luma = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (top + y) * picture.width + left;
    luma.set(picture.luma.subarray(from, from + width), y * width);
  }
  const moved = { ...box, x: box.x - left, y: box.y - top };
  return { picture: { luma, width, height }, box: moved, left, top };
}

/** The middles of a box's four quarters, in the order of corners. */
function quarters({ x, y, width, height }: Box): [Point, Point, Point, Point] {
  const at = (u: number, v: number) => ({ x: x + u * width, y: y + v * height });
  return [at(0.25, 0.25), at(0.75, 0.25), at(0.75, 0.75), at(0.25, 0.75)];
}

/** Takes (0, 0) to (1, 1) between the quarters' middles to where they are in the older shot. */
function planeBetween(newest: Shot, older: Shot): Plane | undefined {
  const places = quarters(newest.box);
  const shift = {
    x: older.box.x + older.box.width / 2 - newest.box.x - newest.box.width / 2,
    y: older.box.y + older.box.height / 2 - newest.box.y - newest.box.height / 2,
  };
  const half = { x: newest.box.width / 4, y: newest.box.height / 4 };
  const small = [newest, older].map(({ picture, box }) => shrink(picture, box, AROUND, COARSE));
  const [a, b] = [small[0]!, small[1]!];
  const found = places.map((place) => {
    const coarse = search(
      a.picture,
      { x: (place.x - a.left) / COARSE, y: (place.y - a.top) / COARSE },
      { x: half.x / COARSE, y: half.y / COARSE },
      b.picture,
      {
        x: (shift.x + a.left - b.left) / COARSE,
        y: (shift.y + a.top - b.top) / COARSE,
      },
      COARSE_REACH,
    );
    const near = {
      x: coarse.shift.x * COARSE + b.left - a.left,
      y: coarse.shift.y * COARSE + b.top - a.top,
    };
    const fine = search(newest.picture, place, half, older.picture, near, FINE_REACH);
    return { x: place.x + fine.shift.x, y: place.y + fine.shift.y, alike: coarse.alike };
  });
  const alike = found.reduce((sum, one) => sum + one.alike / 4, 0);
  const [p, q, r, s] = found;
  return alike >= ALIKE ? planeOf([p!, q!, r!, s!]) : undefined;
}

/** Where a patch of one picture is in another: the shift by which they agree most. */
function search(
  from: Luma,
  middle: Point,
  half: Point,
  to: Luma,
  about: Point,
  reach: number,
): { shift: Point; alike: number } {
  const start = { x: Math.round(about.x), y: Math.round(about.y) };
  const stride = Math.max(1, Math.sqrt((4 * half.x * half.y) / SAMPLES_MAX));
  const score = (dx: number, dy: number) =>
    alikeAt(from, middle, half, to, { x: start.x + dx, y: start.y + dy }, stride);
  let best = { x: 0, y: 0, alike: -2 };
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const alike = score(dx, dy);
      if (alike > best.alike) best = { x: dx, y: dy, alike };
    }
  }
  const x = best.x + peak(score(best.x - 1, best.y), best.alike, score(best.x + 1, best.y));
  const y = best.y + peak(score(best.x, best.y - 1), best.alike, score(best.x, best.y + 1));
  return { shift: { x: start.x + x, y: start.y + y }, alike: best.alike };
}

/** Where between three equal steps the greatest value is. */
function peak(before: number, at: number, after: number): number {
  const curve = before - 2 * at + after;
  return curve < -1e-9 ? Math.max(-0.5, Math.min(0.5, (0.5 * (before - after)) / curve)) : 0;
}

/** The correlation of a patch with one as far off as `shift` says, in whole pixels. */
function alikeAt(
  from: Luma,
  middle: Point,
  half: Point,
  to: Luma,
  shift: Point,
  stride: number,
): number {
  const step = Math.max(1, Math.round(stride));
  const right = Math.min(from.width, to.width - shift.x, middle.x + half.x);
  const below = Math.min(from.height, to.height - shift.y, middle.y + half.y);
  const left = Math.round(Math.max(0, -shift.x, middle.x - half.x));
  const top = Math.round(Math.max(0, -shift.y, middle.y - half.y));
  let [n, sa, sb, aa, bb, ab] = [0, 0, 0, 0, 0, 0];
  for (let y = top; y < below; y += step) {
    const line = (y + shift.y) * to.width + shift.x;
    for (let x = left, k = y * from.width + left; x < right; x += step, k += step) {
      const a = from.luma[k]!;
      const b = to.luma[line + x]!;
      n++;
      sa += a;
      sb += b;
      aa += a * a;
      bb += b * b;
      ab += a * b;
    }
  }
  const spread = (aa - (sa * sa) / n) * (bb - (sb * sb) / n);
  return n < 20 || spread < 1 ? 0 : (ab - (sa * sb) / n) / Math.sqrt(spread);
}

/** Adds an older shot to the sums, pixel by pixel of the newest. */
function addShot(sums: Float32Array, { picture, box }: Shot, older: Luma, plane: Plane): void {
  const { width, height } = picture;
  const [a, b, c, d, e, f, g, h] = plane as unknown as Eight;
  for (let y = 0, k = 0; y < height; y++) {
    const v = ((y - box.y) * 2) / box.height - 0.5;
    for (let x = 0; x < width; x++, k++) {
      const u = ((x - box.x) * 2) / box.width - 0.5;
      const w = 1 / (g * u + h * v + 1);
      const value = brightness(older, (a * u + b * v + c) * w, (d * u + e * v + f) * w);
      sums[k] = sums[k]! + value;
    }
  }
}
