import type { Box } from '../../box.ts';
import type { Luma } from '../../luma.ts';
import { directionsOf } from '../directions.ts';
import { lines } from '../lines/lines.ts';
import type { Lines } from '../lines/lines-types.ts';
import type { SampledRead } from '../sampler.ts';
import { turn } from '../turned.ts';
import { cellsOf } from './cells.ts';
import { type Frame, framesOf } from './frame.ts';
import { findGuards } from './guards.ts';
import { type Rows, rowsOf } from './rows.ts';
import { type Sheet, sheetOf } from './sheet.ts';
import { decode } from './symbol.ts';

/** Lines taken together reach so many pixels out of the box. */
const BESIDE = 20;
/** How much of the blur is undone before codewords are compared: first, and then otherwise. */
const SHARPENING = 0.5;
const SHARPENINGS = [0, 1.2];
/** Places that look like a symbol and are gone into. */
const FRAMES_MAX = 6;
/** ... and other ways to see them, over all of them. */
const DECODES_MAX = 8;
/** How clear rows have to be, a line and codeword: symbols have twice as much and more. */
const CLEAR_LEAST = 0.025;

/** A place that looks like a symbol, laid flat, and how its rows may lie. */
interface Candidate {
  readonly frame: Frame;
  readonly sheet: Sheet;
  readonly lies: readonly Rows[];
  readonly clear: number;
}

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
  const seen: Candidate[] = [];
  for (const faint of [false, true]) {
    for (const { view, upright } of views) {
      const found = findGuards(kernel, upright, faint);
      const frames = found.flatMap((guards) => framesOf(view, guards));
      frames.sort((a, b) => b.support - a.support);
      for (const frame of frames.slice(0, FRAMES_MAX - seen.length)) {
        const candidate = candidateOf(kernel, frame);
        if (!candidate) continue;
        seen.push(candidate);
        const text = decode(cellsOf(kernel, candidate.sheet, candidate.lies[0]!, SHARPENING));
        if (text) return [{ text, symbology: 'PDF417', corners: frame.corners }];
      }
    }
  }
  return closer(kernel, seen);
}

function candidateOf(kernel: Lines, frame: Frame): Candidate | undefined {
  const sheet = sheetOf(kernel, frame);
  const lies = sheet ? rowsOf(kernel, sheet) : [];
  const clear = sheet ? (lies[0]?.clear ?? 0) / (sheet.lines * sheet.codewords) : 0;
  return sheet && clear >= CLEAR_LEAST ? { frame, sheet, lies, clear } : undefined;
}

/** What did not read at first is seen otherwise, the clearest rows first. */
function closer(kernel: Lines, seen: readonly Candidate[]): SampledRead[] {
  let left = DECODES_MAX;
  for (const { frame, sheet, lies } of [...seen].sort((a, b) => b.clear - a.clear)) {
    for (const [i, rows] of lies.entries()) {
      for (const sharpen of i === 0 ? SHARPENINGS : [SHARPENING, ...SHARPENINGS]) {
        if (left-- <= 0) return [];
        const text = decode(cellsOf(kernel, sheet, rows, sharpen));
        if (text) return [{ text, symbology: 'PDF417', corners: frame.corners }];
      }
    }
  }
  return [];
}
