import type { Box } from '../box.ts';

/** A code may reach this far beyond the box that was found, in parts of its longer side. */
const MARGIN_SHARE = 0.12;
const MARGIN_PX = 16;

/** Pixels beside a box that are looked at too. */
export function marginOf({ width, height }: Box): number {
  return MARGIN_PX + MARGIN_SHARE * Math.max(width, height);
}

/** A box and what is looked at beside it. */
export function withMargin(box: Box): Box {
  const margin = marginOf(box);
  const { x, y, width, height } = box;
  return {
    ...box,
    ...{ x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin },
  };
}
