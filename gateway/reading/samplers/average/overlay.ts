import type { Box } from '../../box.ts';
import type { Luma, Point } from '../../luma.ts';
import type { Plane } from '../plane.ts';

/** A rectangle of whole pixels. */
export interface Patch {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Two pictures of one thing, each in full and a smaller size, and the sum of those laid over. */
export interface Overlay {
  /** The newest picture: all others are laid over it. Begins the sum anew. */
  newest(full: Luma, small: Luma): void;
  older(full: Luma, small: Luma): void;
  /**
   * How alike a patch of the newest and one of the older is, as far off as `shift` says: 1 at most.
   * @param patch inside both
   * @param step every so many pixels
   */
  alike(size: 'full' | 'small', patch: Patch, shift: Point, step: number): number;
  /** Adds the older picture; the plane takes the middles of the box's quarters to it. */
  add(box: Box, plane: Plane): void;
  /** The mean of all that was added. */
  mean(): Luma;
}
