import type { Job } from './job.ts';
import { type Likeness, likenessOf } from './likeness.ts';
import { STAGES, type Stage } from './stages.ts';

const { box, boxFull, boxSmall, boxSharp, bars, barsSmall, barsLarge, barsThorough } = STAGES;
const { softened, enlarged, sharpened, coarse, averaged, levelled } = STAGES;
const { sampledQr, sampledAztec, sampledDataMatrix, sampledLinear, sampledPdf417 } = STAGES;
const { quickQr, quickLinear, quickPdf417 } = STAGES;

/**
 * What is tried on a place, what reads most for its time first. Frames of one pose fail alike, so
 * that another treatment gains more than a better one; the best come twice, as another frame is
 * another chance.
 */
const ORDER: Readonly<Record<Likeness, readonly Stage[]>> = {
  modules: [
    ...[boxSmall, quickQr, box, sampledQr, sampledAztec, sampledDataMatrix, boxSharp, boxFull],
    ...[enlarged, levelled, sampledQr, sampledAztec, sampledDataMatrix, quickLinear, quickPdf417],
    ...[bars, sampledPdf417, softened, averaged, sampledLinear, sharpened, coarse, barsThorough],
  ],
  stacked: [
    ...[barsSmall, boxSmall, quickPdf417, quickQr, sampledPdf417, box, sampledQr, boxFull, bars],
    ...[levelled, sampledPdf417, sampledAztec, sampledDataMatrix, sampledLinear, enlarged],
    ...[averaged, softened, sharpened, coarse, barsThorough],
  ],
  bars: [
    ...[quickLinear, barsSmall, quickQr, boxFull, sampledLinear, sampledQr, barsLarge, boxSmall],
    ...[levelled, sampledLinear, sampledPdf417, bars, box, averaged, barsThorough],
    ...[sharpened, enlarged, softened, coarse],
  ],
};

/** The stages for a place, in their order. */
export function stagesOf(job: Job): readonly Stage[] {
  return ORDER[likenessOf(job.box)];
}

/**
 * When a place has its turn, the least first: the second best of a frame has half as many turns.
 * @param rank 0 for the best place
 * @param turn how many stages were tried on it
 */
export const turnOf = (rank: number, turn: number): number => (rank + 1) * (turn + 1);

/** Turns up to this one are the first pass. */
export const FIRST_PASS = 5;
