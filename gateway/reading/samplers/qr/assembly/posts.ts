import { POSTS, WARP } from './desk';

/** A figure of what is fitted: x and y of four posts about a symbol, and two bends. */
export function post(i: usize): f64 {
  return load<f64>(POSTS + (i << 3));
}

/**
 * Makes the warp of the posts: a plane about the symbol's middle (six figures and two of
 * perspective), two more for paper that is bent about either axis, and what leaves the posts
 * where they are. Coordinates run from -1 to 1 between the outer edges.
 * @param reach how far from the middle the posts are
 * @returns false where the posts cross
 */
export function posed(reach: f64): bool {
  const ax = post(0);
  const ay = post(1);
  const bx = post(2);
  const by = post(3);
  const cx = post(4);
  const cy = post(5);
  const dx = post(6);
  const dy = post(7);
  const dx1 = bx - cx;
  const dx2 = dx - cx;
  const dy1 = by - cy;
  const dy2 = dy - cy;
  const sx = ax - bx + cx - dx;
  const sy = ay - by + cy - dy;
  const det = dx1 * dy2 - dx2 * dy1;
  if (abs(det) < 1e-6) return false;
  const g = (sx * dy2 - dx2 * sy) / det;
  const k = (dx1 * sy - sx * dy1) / det;
  if (1 + g <= 0 || 1 + k <= 0 || 1 + g + k <= 0) return false;
  const a = bx - ax + g * bx;
  const b = dx - ax + k * dx;
  const d = by - ay + g * by;
  const e = dy - ay + k * dy;
  // The plane runs from 0 to 1 between the posts.
  const middle = 1 + (g + k) / 2;
  const scale = 1 / (2 * reach * middle);
  const x = (ax + (a + b) / 2) / middle;
  const y = (ay + (d + e) / 2) / middle;
  store<f64>(WARP, (a - x * g) * scale);
  store<f64>(WARP, (b - x * k) * scale, 8);
  store<f64>(WARP, x, 16);
  store<f64>(WARP, (d - y * g) * scale, 24);
  store<f64>(WARP, (e - y * k) * scale, 32);
  store<f64>(WARP, y, 40);
  store<f64>(WARP, g * scale, 48);
  store<f64>(WARP, k * scale, 56);
  store<f64>(WARP, post(8), 64);
  store<f64>(WARP, post(9), 72);
  store<f64>(WARP, reach * reach, 80);
  return true;
}
