/** In pixels, from the picture's upper left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A flat thing in space, seen: its own coordinates to the picture's and back. */
export interface Plane {
  /** Rows of the 3×3 that takes own coordinates to the picture's. */
  readonly forth: readonly number[];
  readonly back: readonly number[];
}

/** How a surface is held. Angles in radians. */
export interface Pose {
  /** Where its own origin is seen, in pixels. */
  readonly x: number;
  readonly y: number;
  /** In the picture's plane. */
  readonly spin: number;
  /** About its own upright and level axes. */
  readonly yaw: number;
  readonly pitch: number;
}

/** Focal length of a camera with 60° of view at 1280 pixels. */
const FOCAL_PX = 1_108;

/**
 * The perspective of a surface whose own unit is one pixel where its origin is seen.
 * @throws RangeError where it is seen edge-on
 */
export function plane({ x, y, spin, yaw, pitch }: Pose): Plane {
  const [cs, ss] = [Math.cos(spin), Math.sin(spin)];
  const [cy, sy] = [Math.cos(yaw), Math.sin(yaw)];
  const [cp, sp] = [Math.cos(pitch), Math.sin(pitch)];
  // Own axes after pitch (about the level axis) and yaw (about the upright one), then spin.
  const u = [cy, 0, -sy] as const;
  const v = [sp * sy, cp, sp * cy] as const;
  const across = [cs * u[0] - ss * u[1], ss * u[0] + cs * u[1], u[2] / FOCAL_PX] as const;
  const along = [cs * v[0] - ss * v[1], ss * v[0] + cs * v[1], v[2] / FOCAL_PX] as const;
  const forth = [
    across[0] + x * across[2],
    along[0] + x * along[2],
    x,
    across[1] + y * across[2],
    along[1] + y * along[2],
    y,
    across[2],
    along[2],
    1,
  ];
  return { forth, back: inverse(forth) };
}

/** Where a point of one side is on the other. */
export function through(matrix: readonly number[], x: number, y: number): Point {
  const [a, b, c, d, e, f, g, h, i] = matrix as Matrix;
  const w = g * x + h * y + i;
  return { x: (a * x + b * y + c) / w, y: (d * x + e * y + f) / w };
}

type Matrix = readonly [number, number, number, number, number, number, number, number, number];

function inverse(matrix: readonly number[]): number[] {
  const [a, b, c, d, e, f, g, h, i] = matrix as Matrix;
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  if (Math.abs(determinant) < 1e-9) throw new RangeError('the surface is seen edge-on');
  return [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ].map((one) => one / determinant);
}
