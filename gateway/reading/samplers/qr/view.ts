import type { Point } from '../../luma.ts';

/** A picture in the kernel's memory: a part of another, its pixels the means of squares of it. */
export interface View {
  readonly at: number;
  readonly width: number;
  readonly height: number;
  /** Pixels of the other picture along a pixel's side, and where the first one begins. */
  readonly factor: number;
  readonly left: number;
  readonly top: number;
}

/** Where a place of the picture is in the view. */
export function into({ factor, left, top }: View, { x, y }: Point): Point {
  const middle = (factor - 1) / 2;
  return { x: (x - left - middle) / factor, y: (y - top - middle) / factor };
}

/** Where a place of the view is in the picture. */
export function outOf({ factor, left, top }: View, { x, y }: Point): Point {
  const middle = (factor - 1) / 2;
  return { x: x * factor + left + middle, y: y * factor + top + middle };
}
