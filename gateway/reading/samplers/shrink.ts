import type { Box } from '../box.ts';
import type { Luma } from '../luma.ts';

/** A part of a picture, its pixels the means of squares of the picture's. */
export interface Shrunk {
  readonly picture: Luma;
  readonly box: Box;
  /** Pixels of the picture along a pixel's side, and where the first one begins. */
  readonly factor: number;
  readonly left: number;
  readonly top: number;
}

/**
 * The box and what is around it by `factor` smaller. Cost: 1 ns a pixel of the picture.
 * @param around pixels of the picture beside the box that are wanted too
 */
export function shrink(picture: Luma, box: Box, around: number, factor: number): Shrunk {
  if (factor === 1) return { picture, box, factor, left: 0, top: 0 };
  const left = Math.max(0, Math.floor(box.x - around));
  const top = Math.max(0, Math.floor(box.y - around));
  const right = Math.min(picture.width, Math.ceil(box.x + box.width + around));
  const below = Math.min(picture.height, Math.ceil(box.y + box.height + around));
  const width = Math.max(2, Math.floor((right - left) / factor));
  const height = Math.max(2, Math.floor((below - top) / factor));
  const luma = new Uint8Array(width * height);
  const sums = new Uint32Array(width);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (let dy = 0; dy < factor; dy++) {
      const row = Math.min(picture.height - 1, top + y * factor + dy) * picture.width + left;
      for (let x = 0, k = row; x < width; x++) {
        let sum = 0;
        for (let dx = 0; dx < factor; dx++, k++) sum += picture.luma[k]!;
        sums[x] = sums[x]! + sum;
      }
    }
    for (let x = 0; x < width; x++) luma[y * width + x] = sums[x]! / (factor * factor);
  }
  const scaled = {
    ...box,
    x: (box.x - left) / factor,
    y: (box.y - top) / factor,
    width: box.width / factor,
    height: box.height / factor,
  };
  return { picture: { luma, width, height }, box: scaled, factor, left, top };
}
