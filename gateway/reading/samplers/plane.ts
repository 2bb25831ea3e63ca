import type { Luma, Point } from '../luma.ts';

/** A flat thing seen by a camera: eight figures that take its (u, v) to the picture's (x, y). */
export type Plane = Float64Array;

/**
 * The plane whose (0, 0), (1, 0), (1, 1) and (0, 1) are seen at four corners in that order
 * (Heckbert 1989).
 *
 * @returns undefined where the corners stand in a line or cross
 */
export function planeOf(corners: readonly [Point, Point, Point, Point]): Plane | undefined {
  const [a, b, c, d] = corners;
  const dx1 = b.x - c.x;
  const dx2 = d.x - c.x;
  const dy1 = b.y - c.y;
  const dy2 = d.y - c.y;
  const sx = a.x - b.x + c.x - d.x;
  const sy = a.y - b.y + c.y - d.y;
  const det = dx1 * dy2 - dx2 * dy1;
  if (Math.abs(det) < 1e-6) return undefined;
  const g = (sx * dy2 - dx2 * sy) / det;
  const h = (dx1 * sy - sx * dy1) / det;
  if (1 + g <= 0 || 1 + h <= 0 || 1 + g + h <= 0) return undefined;
  return Float64Array.of(
    b.x - a.x + g * b.x,
    d.x - a.x + h * d.x,
    a.x,
    b.y - a.y + g * b.y,
    d.y - a.y + h * d.y,
    a.y,
    g,
    h,
  );
}

/** Where (u, v) of the plane is seen. */
export function seenAt(plane: Plane, u: number, v: number): Point {
  const w = plane[6]! * u + plane[7]! * v + 1;
  return {
    x: (plane[0]! * u + plane[1]! * v + plane[2]!) / w,
    y: (plane[3]! * u + plane[4]! * v + plane[5]!) / w,
  };
}

/** Brightness between four pixels; the nearest pixel's outside the picture. */
export function brightness({ luma, width, height }: Luma, x: number, y: number): number {
  const px = x < 0 ? 0 : x > width - 1.001 ? width - 1.001 : x;
  const py = y < 0 ? 0 : y > height - 1.001 ? height - 1.001 : y;
  const ix = px | 0;
  const iy = py | 0;
  const fx = px - ix;
  const fy = py - iy;
  const i = iy * width + ix;
  const top = luma[i]! + fx * (luma[i + 1]! - luma[i]!);
  const below = luma[i + width]! + fx * (luma[i + width + 1]! - luma[i + width]!);
  return top + fy * (below - top);
}

/** Adds the brightness at every step from a point on to `out`. Cost: 4 ns a step. */
export function addRay(
  picture: Luma,
  from: Point,
  dx: number,
  dy: number,
  count: number,
  out: Float32Array,
): void {
  const { luma, width, height } = picture;
  const end = { x: from.x + dx * (count - 1), y: from.y + dy * (count - 1) };
  const inside = ({ x, y }: Point) => x >= 0 && y >= 0 && x < width - 1 && y < height - 1;
  if (!inside(from) || !inside(end)) {
    for (let i = 0; i < count; i++) {
      out[i] = out[i]! + brightness(picture, from.x + i * dx, from.y + i * dy);
    }
    return;
  }
  let { x, y } = from;
  for (let i = 0; i < count; i++, x += dx, y += dy) {
    const ix = x | 0;
    const iy = y | 0;
    const fx = x - ix;
    const k = iy * width + ix;
    const top = luma[k]! + fx * (luma[k + 1]! - luma[k]!);
    const below = luma[k + width]! + fx * (luma[k + width + 1]! - luma[k + width]!);
    out[i] = out[i]! + top + (y - iy) * (below - top);
  }
}
