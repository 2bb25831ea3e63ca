import type { Box } from '../box.ts';
import type { Lines } from './lines/lines-types.ts';

/** Directions nearer than this are one; both passes of a sampler bear twice as much. */
const APART = 0.08;

/**
 * Directions that bars in a box may be crossed in, radians from the row: the box's own, then those
 * of smaller pictures where they differ: noise and moire change with size, bars do not.
 * Cost: 0.1 ms for 400 × 400.
 */
export function directionsOf(lines: Lines, box: Box): number[] {
  const found = [box.angle];
  for (const angle of lines.angles(box)) {
    if (found.every((other) => Math.abs(Math.sin(angle - other)) > APART)) found.push(angle);
  }
  return found;
}
