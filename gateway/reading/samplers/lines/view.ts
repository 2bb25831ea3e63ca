import type { Box } from '../../box.ts';
import type { Luma } from '../../luma.ts';
import type { Turned } from '../turned.ts';
import type { Upright } from './lines-types.ts';

/** Samples of a line that are looked at. */
export const LINE_MAX = 4_096;
/** About so many lines a view turned upright has at most, and pixels between them at least. */
const LINES_MAX = 400;
const APART = 1.6;
export const VIEW_FIELDS = 11;

/** The part of a picture that was looked at. */
export interface Part {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Whole pixels of a picture that a box and what is around it are on; at least two by two. */
export function partOf(picture: Pick<Luma, 'width' | 'height'>, box: Box, around: number): Part {
  const left = Math.max(0, Math.min(picture.width - 2, Math.floor(box.x - around)));
  const top = Math.max(0, Math.min(picture.height - 2, Math.floor(box.y - around)));
  const right = Math.min(picture.width, Math.ceil(box.x + box.width + around));
  const below = Math.min(picture.height, Math.ceil(box.y + box.height + around));
  const size = { width: Math.max(2, right - left), height: Math.max(2, below - top) };
  return { left, top, ...size };
}

/** The lines of a view, and it as assembly/view.ts has it: places are those of the part. */
export function uprightOf(turned: Turned, part: Part): Omit<Upright, 'at'> {
  const { half, reach, centre, cos, sin, picture } = turned;
  const centreX = centre.x - part.left;
  const centreY = centre.y - part.top;
  const lowX = Math.max(-part.left, centreX - half.x);
  const lowY = Math.max(-part.top, centreY - half.y);
  const highX = Math.min(picture.width - 1 - part.left, centreX + half.x);
  const highY = Math.min(picture.height - 1 - part.top, centreY + half.y);
  const wide = Math.abs(half.x * cos) + Math.abs(half.y * sin);
  const columns = Math.min(LINE_MAX, 2 * Math.ceil(wide) + 2);
  const apart = Math.max(APART, (2 * reach) / LINES_MAX);
  const rows = Math.floor((2 * reach) / apart) + 1;
  const corners = [centreX, centreY, cos, sin, lowX, lowY, highX, highY];
  return { apart, rows, columns, fields: Float64Array.of(...corners, -wide, -reach, apart) };
}
