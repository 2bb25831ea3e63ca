import type { Point } from '../../luma.ts';

/** A finder's middle and the steps to the next module along both its axes. */
export interface Shape extends Point {
  readonly along: Point;
  readonly down: Point;
  /** Pixels of a module. */
  readonly module: number;
  readonly likeness: number;
  readonly inverted: boolean;
}

/** A place in modules of a shape's own axes. */
export function inAxes({ x, y, along, down }: Shape, to: Point): { u: number; v: number } {
  const det = along.x * down.y - along.y * down.x;
  const [px, py] = [to.x - x, to.y - y];
  return { u: (px * down.y - py * down.x) / det, v: (along.x * py - along.y * px) / det };
}
