import type { Job } from './job.ts';
import { STAGES, type Stage } from './stages.ts';

/** Below this likeness of its edges' directions a place is modules, */
const MODULES_BELOW = 0.3;
/** below this one PDF417 is likelier than linear codes. */
const STACKED_BELOW = 0.7;

/** What a place looks like. */
export type Kind = 'modules' | 'stacked' | 'bars';

export function kindOf({ box: { coherence } }: Job): Kind {
  if (coherence < MODULES_BELOW) return 'modules';
  return coherence < STACKED_BELOW ? 'stacked' : 'bars';
}

/** A stage of the first pass, for the best place (0) or the next (1) if it looks like that. */
export interface FirstStage {
  readonly stage: Stage;
  readonly place: 0 | 1;
  readonly kind: Kind;
}

const first = (kind: Kind, place: 0 | 1, stage: Stage): FirstStage => ({ stage, place, kind });
const { box, boxFull, boxSmall, bars, barsSmall, barsLarge, barsThorough } = STAGES;
const { softened, enlarged, sharpened, coarse, averaged } = STAGES;
const { sampledQr, sampledLinear, sampledPdf417 } = STAGES;

/**
 * The first pass: what reads most for its time first. Frames of one pose fail alike, so that
 * another treatment gains more than a better one.
 */
export const FIRST: readonly FirstStage[] = [
  first('modules', 0, boxSmall),
  first('bars', 0, barsSmall),
  first('stacked', 0, barsSmall),
  first('stacked', 0, box),
  first('modules', 1, box),
  first('bars', 0, barsLarge),
  first('modules', 0, box),
  first('modules', 0, bars),
  first('bars', 0, box),
  first('stacked', 1, barsSmall),
  first('bars', 0, boxFull),
  first('modules', 1, boxFull),
];

/**
 * What else there is for modules, bars and stacked bars: what gains most for its time first, and
 * the best of all twice, as another frame is another chance.
 */
const LATER: Readonly<Record<Kind, readonly Stage[]>> = {
  modules: [
    ...[sampledQr, enlarged, softened, sampledQr, boxFull, sharpened, averaged],
    ...[sampledPdf417, sampledLinear, coarse, barsThorough],
  ],
  bars: [
    ...[sampledLinear, boxFull, sampledPdf417, sampledQr, sampledLinear, averaged],
    ...[barsThorough, sharpened, enlarged, softened, coarse],
  ],
  stacked: [
    ...[sampledPdf417, boxFull, sampledLinear, sampledQr, sampledPdf417, averaged],
    ...[barsThorough, sharpened, enlarged, softened, coarse],
  ],
};

export const LATER_COUNT = LATER.modules.length;

/** The later stages of a place, in their order. */
export function laterOf(job: Job): readonly Stage[] {
  return LATER[kindOf(job)];
}

/** The stages of the first pass for a place that is not one of a frame's. */
export function firstOf(job: Job): readonly Stage[] {
  const kind = kindOf(job);
  return [...new Set(FIRST.filter((one) => one.kind === kind).map(({ stage }) => stage))];
}
