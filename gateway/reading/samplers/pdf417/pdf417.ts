import type { Box } from '../../box.ts';
import type { Luma } from '../../luma.ts';
import { directionsOf } from '../directions.ts';
import { lines } from '../lines/lines.ts';
import type { SampledRead } from '../sampler.ts';
import { turn } from '../turned.ts';
import { cellsOf } from './cells.ts';
import { type Frame, framesOf } from './frame.ts';
import { findGuards } from './guards.ts';
import { rowsOf } from './rows.ts';
import { sheetOf } from './sheet.ts';
import { decode } from './symbol.ts';

/** Lines taken together reach so many pixels out of the box. */
const BESIDE = 20;
/** How much of the blur is undone before codewords are compared, in turn. */
const SHARPENINGS = [0.5, 0, 1.2];
/** Places that look like a symbol and are gone into. */
const FRAMES_MAX = 6;
/** ... and ways to see them, over all of them. */
const DECODES_MAX = 32;

/**
 * Reads a PDF417 symbol at any angle, in perspective and on bent paper: its guards give the bars'
 * direction and the two sides, its own columns the rows, and each codeword is compared with all
 * patterns of its cluster.
 * Cost: 10 to 20 ms where there are no guards, 20 to 40 with them, 200 at most.
 */
export function samplePdf417(picture: Luma, box: Box): SampledRead[] {
  const kernel = lines();
  const { half } = turn(picture, box, 0);
  kernel.look(picture, box, half.x - box.width / 2 + BESIDE);
  const views = directionsOf(kernel, box).map((angle) => {
    const view = turn(picture, box, angle);
    return { view, upright: kernel.turn(view) };
  });
  const left = { frames: FRAMES_MAX, decodes: DECODES_MAX };
  for (const faint of [false, true]) {
    for (const { view, upright } of views) {
      const found = findGuards(kernel, upright, faint);
      const frames = found.flatMap((guards) => framesOf(view, guards));
      frames.sort((a, b) => b.support - a.support);
      for (const frame of frames) {
        if (left.frames-- <= 0 || left.decodes <= 0) return [];
        const text = textIn(picture, frame, left);
        if (text) return [{ text, symbology: 'PDF417', corners: frame.corners }];
      }
    }
  }
  return [];
}

function textIn(picture: Luma, frame: Frame, left: { decodes: number }): string | undefined {
  const sheet = sheetOf(picture, frame);
  if (!sheet) return undefined;
  for (const rows of rowsOf(sheet)) {
    for (const sharpen of SHARPENINGS) {
      if (left.decodes-- <= 0) return undefined;
      const text = decode(cellsOf(sheet, rows, sharpen));
      if (text) return text;
    }
  }
  return undefined;
}
