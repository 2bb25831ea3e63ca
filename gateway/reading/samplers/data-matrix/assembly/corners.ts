import { POSTS } from '../../qr/assembly/desk';
import { h, w } from '../../qr/assembly/target';
import { SIDE_BYTES, SIDES } from './desk';

/** Corners may be outside the picture by so much of it. */
const OUTSIDE: f64 = 0.06;

/** A place in the picture, which was met last. */
let x: f64 = 0;
let y: f64 = 0;

/** A straight edge; see lines.ts. */
export function side(i: i32): usize {
  return SIDES + <usize>i * SIDE_BYTES;
}

/** The sine between two sides' normals, from the first to the second as the picture is seen. */
export function sine(one: i32, other: i32): f64 {
  const at = side(one);
  const to = side(other);
  return load<f64>(at) * load<f64>(to, 8) - load<f64>(at, 8) * load<f64>(to);
}

/** Meets where two sides do. */
export function meet(one: i32, other: i32): void {
  const at = side(one);
  const to = side(other);
  const far = load<f64>(at, 16);
  const far2 = load<f64>(to, 16);
  const det = sine(one, other);
  x = (far * load<f64>(to, 8) - far2 * load<f64>(at, 8)) / det + <f64>(w - 1) / 2;
  y = (load<f64>(at) * far2 - load<f64>(to) * far) / det + <f64>(h - 1) / 2;
}

/** Meets a place so far along a side from a corner. */
export function meetAlong(one: i32, i: usize, far: f64): void {
  x = cornerX(i) - far * load<f64>(side(one), 8);
  y = cornerY(i) + far * load<f64>(side(one));
}

/** Meets any place. */
export function meetAt(placeX: f64, placeY: f64): void {
  x = placeX;
  y = placeY;
}

/** Whether what was met last is in the picture, or nearly. */
export function inside(): bool {
  const outX = OUTSIDE * <f64>w;
  const outY = OUTSIDE * <f64>h;
  return x > -outX && y > -outY && x < <f64>w + outX && y < <f64>h + outY;
}

/** Makes what was met last one of four corners: upper left, upper right, lower right, lower left. */
export function corner(i: usize): void {
  store<f64>(POSTS + (i << 4), x);
  store<f64>(POSTS + (i << 4), y, 8);
}

export function cornerX(i: usize): f64 {
  return load<f64>(POSTS + (i << 4));
}

export function cornerY(i: usize): f64 {
  return load<f64>(POSTS + (i << 4), 8);
}

/** How far a corner is along a side, from where the picture's middle is. */
export function farAlong(one: i32, i: usize): f64 {
  const at = side(one);
  const fromX = cornerX(i) - <f64>(w - 1) / 2;
  const fromY = cornerY(i) - <f64>(h - 1) / 2;
  return fromY * load<f64>(at) - fromX * load<f64>(at, 8);
}

/** Whether all corners are those at a place in memory, or so many pixels from them at most. */
export function areNear(quad: usize, most: f64): bool {
  for (let i: usize = 0; i < 64; i += 8) {
    if (abs(load<f64>(quad + i) - load<f64>(POSTS + i)) > most) return false;
  }
  return true;
}
