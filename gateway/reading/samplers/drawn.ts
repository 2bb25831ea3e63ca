import type { Luma } from '../luma.ts';

/** Pixels of a module, and light modules beside the symbol. */
const MODULE_PX = 4;
const QUIET = 2;
const LIGHT_TONE = 255;

/** A symbol as it was meant, upright and in ideal tones. */
export function drawn(dark: Uint8Array, size: number): Luma {
  const side = (size + 2 * QUIET) * MODULE_PX;
  const luma = new Uint8Array(side * side).fill(LIGHT_TONE);
  for (let y = 0; y < size * MODULE_PX; y++) {
    const row = Math.floor(y / MODULE_PX) * size;
    const from = (y + QUIET * MODULE_PX) * side + QUIET * MODULE_PX;
    for (let x = 0; x < size * MODULE_PX; x++) {
      if (dark[row + Math.floor(x / MODULE_PX)]) luma[from + x] = 0;
    }
  }
  return { luma, width: side, height: side };
}
