import type { Box } from '../../box.ts';
import type { Luma, Point } from '../../luma.ts';
import { type Plane, planeOf } from '../plane.ts';
import { type Shrunk, shrink } from '../shrink.ts';
import { openOverlay } from './kernel.ts';
import type { Overlay } from './overlay.ts';

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

let overlay: Overlay | undefined;

/**
 * Lays older shots of a tracked box over the newest and averages them: noise, moire and flicker
 * bands move from frame to frame, a code does not. Each quarter of the box is looked for by itself,
 * so that a hand may turn and tilt between frames.
 * Cost: 2 ms for each older shot of a box of 300 × 300.
 *
 * @param shots the newest last
 */
export function averageOf(shots: readonly Shot[]): Averaged | undefined {
  const last = shots.at(-1);
  if (!last) return undefined;
  overlay ??= openOverlay();
  const { picture, box, left, top } = cut(last);
  const small = shrink(picture, box, AROUND, COARSE);
  overlay.newest(picture, small.picture);
  let count = 1;
  for (const shot of shots.slice(-SHOTS_MAX, -1)) {
    const smaller = shrink(shot.picture, shot.box, AROUND, COARSE);
    overlay.older(shot.picture, smaller.picture);
    const plane = planeBetween(overlay, { full: picture, box, small }, shot, smaller);
    if (!plane) continue;
    overlay.add(box, plane);
    count++;
  }
  return { picture: overlay.mean(), box, left, top, shots: count };
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

interface Newest {
  readonly full: Luma;
  readonly box: Box;
  readonly small: Shrunk;
}

/** Takes (0, 0) to (1, 1) between the quarters' middles to where they are in the older shot. */
function planeBetween(
  overlay: Overlay,
  { full, box, small: a }: Newest,
  older: Shot,
  b: Shrunk,
): Plane | undefined {
  const shift = {
    x: older.box.x + older.box.width / 2 - box.x - box.width / 2,
    y: older.box.y + older.box.height / 2 - box.y - box.height / 2,
  };
  const half = { x: box.width / 4, y: box.height / 4 };
  const coarsely = { overlay, size: 'small', from: a.picture, to: b.picture } as const;
  const finely = { overlay, size: 'full', from: full, to: older.picture } as const;
  const found = quarters(box).map((place) => {
    const coarse = search(
      coarsely,
      { x: (place.x - a.left) / COARSE, y: (place.y - a.top) / COARSE },
      { x: half.x / COARSE, y: half.y / COARSE },
      { x: (shift.x + a.left - b.left) / COARSE, y: (shift.y + a.top - b.top) / COARSE },
      COARSE_REACH,
    );
    const near = {
      x: coarse.shift.x * COARSE + b.left - a.left,
      y: coarse.shift.y * COARSE + b.top - a.top,
    };
    const fine = search(finely, place, half, near, FINE_REACH);
    return { x: place.x + fine.shift.x, y: place.y + fine.shift.y, alike: coarse.alike };
  });
  const alike = found.reduce((sum, one) => sum + one.alike / 4, 0);
  const [p, q, r, s] = found;
  return alike >= ALIKE ? planeOf([p!, q!, r!, s!]) : undefined;
}

/** Two pictures that are compared. */
interface Compared {
  readonly overlay: Overlay;
  readonly size: 'full' | 'small';
  readonly from: Luma;
  readonly to: Luma;
}

/** Where a patch of one picture is in another: the shift by which they agree most. */
function search(
  compared: Compared,
  middle: Point,
  half: Point,
  about: Point,
  reach: number,
): { shift: Point; alike: number } {
  const start = { x: Math.round(about.x), y: Math.round(about.y) };
  const step = Math.max(1, Math.ceil(Math.sqrt((4 * half.x * half.y) / SAMPLES_MAX)));
  const score = (dx: number, dy: number) =>
    alikeAt(compared, middle, half, { x: start.x + dx, y: start.y + dy }, step);
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

/** The likeness of a patch to one as far off as `shift` says, in whole pixels. */
function alikeAt(
  { overlay, size, from, to }: Compared,
  middle: Point,
  half: Point,
  shift: Point,
  step: number,
): number {
  const left = Math.round(Math.max(0, -shift.x, middle.x - half.x));
  const top = Math.round(Math.max(0, -shift.y, middle.y - half.y));
  const right = Math.ceil(Math.min(from.width, to.width - shift.x, middle.x + half.x));
  const below = Math.ceil(Math.min(from.height, to.height - shift.y, middle.y + half.y));
  if (right <= left || below <= top) return 0;
  return overlay.alike(size, { left, top, width: right - left, height: below - top }, shift, step);
}
