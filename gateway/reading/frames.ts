import type { Belief } from './believe.ts';
import type { Box } from './box.ts';
import type { FrameFigures } from './figures.ts';
import { createGate } from './gate.ts';
import { type Job, jobFor } from './job.ts';
import type { Gradients, Kernel } from './kernels/kernel-types.ts';
import { createLocator } from './locate.ts';
import type { Luma } from './luma.ts';
import type { FrameResult } from './pipeline.ts';
import type { Read, StageName } from './read.ts';
import { FIRST, LATER, type Stage, WHOLE } from './stages.ts';
import { createTracks, isDue, noteTry, type Track } from './track.ts';
import type { ZXing } from './zxing.ts';

/** Later stages begin while a frame has taken less. */
export const FRAME_BUDGET_MS = 12;
/** A scene that stands still is tried again this often. */
const STILL_EVERY_MS = 500;
/** Every so many frames without a code the whole one is read, */
const WHOLE_EVERY = 4;
/** and after so long with all that there is. */
const THOROUGH_MS = 1_000;
/** A later stage is tried at least every so many frames, however dear it is. */
const LATER_EVERY = 3;
/** How much of what a stage cost goes into what it is expected to cost. */
const LEARN = 0.3;
/** Boxes that fill this part of the picture, or touch its edge with that part, are close-ups. */
const FILLS = 0.45;
const FILLS_AT_EDGE = 0.08;

export interface FramesParts {
  readonly zxing: ZXing;
  readonly kernel: Kernel;
  readonly belief: Belief;
  uses(stage: StageName): boolean;
  now(): number;
  readonly budgetMs: number;
}

/** What is being done with one frame. */
interface Turn {
  readonly began: number;
  readonly at: number;
  readonly reads: Read[];
  readonly common: Omit<Parameters<typeof jobFor>[0], 'box'>;
  tries: number;
}

/** Reads the frames of one camera in their order, each in a bounded time. */
export function createFrames(parts: FramesParts) {
  const { zxing, kernel, belief, uses, now, budgetMs } = parts;
  const gate = createGate();
  const locate = createLocator(kernel);
  const tracks = createTracks();
  const costs = new Map<StageName, number>();
  const later = LATER.filter(({ name }) => uses(name));
  let lookedAt = Number.NEGATIVE_INFINITY;
  let thoroughAt: number | undefined;
  let isOwed = false;
  let empty = 0;
  let sinceLater = 0;
  let figures: FrameFigures = {
    ...{ contrast: 0, modulePx: 0, blurPx: 0, clipped: 0, dark: 0, tries: 0, ms: 0, boxes: 0 },
  };

  /** Whether the stage read something. */
  function run(turn: Turn, stage: Stage, job: Job): boolean {
    if (!uses(stage.name) || !stage.fits(job)) return false;
    const began = now();
    const found = stage.read(job);
    const cost = costs.get(stage.name) ?? 0;
    costs.set(stage.name, cost + (now() - began - cost) * LEARN);
    turn.tries += 1;
    for (const read of found) {
      if (turn.reads.some(({ text }) => text === read.text)) continue;
      turn.reads.push({ ...read, stage: stage.name, believed: belief.frame(read, turn.at) });
    }
    return found.length > 0;
  }

  const isInTime = (turn: Turn, stage: Stage) =>
    now() - turn.began + (costs.get(stage.name) ?? 0) <= budgetMs;

  /** The first pass on a place, and what its turn is after that. */
  function tryTrack(turn: Turn, track: Track, job: Job): void {
    const { x, y, width, height } = track.box;
    let reader = FIRST.find((stage) => run(turn, stage, job))?.name;
    const picture = turn.common.picture;
    const isAtEdge =
      x <= 0 || y <= 0 || x + width >= picture.width - 32 || y + height >= picture.height - 32;
    const part = (width * height) / (picture.width * picture.height);
    if (!reader && (part > FILLS || (isAtEdge && part > FILLS_AT_EDGE)) && budgetMs > 0) {
      if (run(turn, WHOLE.whole, wholeJob(turn))) reader = 'whole';
    }
    const done = reader || track.frames === 1 ? 0 : tryLater(turn, track, job);
    const last = turn.reads.at(-1)?.stage;
    noteTry(track, turn.at, reader ?? (turn.reads.length > 0 ? last : undefined), done);
  }

  /** Later stages in turn while there is time, the one that read last time first. */
  function tryLater(turn: Turn, track: Track, job: Job): number {
    if (track.isStill && track.vain >= later.length) return 0;
    const proven = later.find(({ name }) => name === track.reader);
    if (proven && budgetMs > 0 && run(turn, proven, job)) return 1;
    let tried = 0;
    sinceLater += 1;
    for (; tried < later.length; tried++) {
      const stage = later[track.turn % later.length] as Stage;
      const isForced = budgetMs > 0 && sinceLater >= LATER_EVERY && tried === 0;
      if (!isForced && !isInTime(turn, stage)) break;
      track.turn += 1;
      if (stage === proven || !stage.fits(job)) continue;
      sinceLater = 0;
      if (run(turn, stage, job)) break;
    }
    return tried;
  }

  function wholeJob({ common }: Turn): Job {
    const { width, height } = common.picture;
    const all = { x: 0, y: 0, width, height, score: 0, coherence: 0, angle: 0 };
    return jobFor({ ...common, box: all });
  }

  /** The whole frame now and then: a code may stand where no box is. */
  function tryWhole(turn: Turn): void {
    if (budgetMs === 0) return;
    thoroughAt ??= turn.at;
    if (turn.at - thoroughAt >= THOROUGH_MS) {
      thoroughAt = turn.at;
      run(turn, WHOLE.thorough, wholeJob(turn));
    } else if (empty % WHOLE_EVERY === WHOLE_EVERY - 1) {
      run(turn, WHOLE.whole, wholeJob(turn));
    }
  }

  function look(picture: Luma, at: number, formats: readonly string[], began: number) {
    kernel.take(picture);
    const gradients = kernel.gradients();
    const { boxes } = locate(gradients);
    const places = tracks.update(boxes, gradients, at);
    const common = { picture, gradients, formats, kernel, zxing, symbols: 1 };
    const turn: Turn = { began, at, reads: [], common, tries: 0 };
    const due = places.filter((track) => isDue(track, later.length, at));
    const best = places[0];
    const bestJob = best && jobFor({ ...common, box: best.box });
    if (best && bestJob && due[0] === best) tryTrack(turn, best, bestJob);
    const others = due.filter((track) => track !== best && track.frames > 1);
    const other = others[empty % Math.max(1, others.length)];
    if (turn.reads.length === 0 && other && now() - began < budgetMs / 2) {
      tryTrack(turn, other, jobFor({ ...common, box: other.box }));
    }
    if (turn.reads.length === 0) tryWhole(turn);
    empty = turn.reads.length > 0 ? 0 : empty + 1;
    const isUntried = places.slice(0, 2).some(({ vain }) => vain < later.length);
    isOwed = turn.reads.some(({ believed }) => !believed);
    if (turn.reads.length === 0) isOwed = isUntried || empty < WHOLE_EVERY;
    figures = figuresOf(bestJob, gradients, gate.light, boxes, turn, now() - began);
    return { reads: turn.reads, figures, looked: true };
  }

  return (picture: Luma, at: number, formats: readonly string[]): FrameResult => {
    const began = now();
    const isNew = gate.changed(picture.luma, picture.width, picture.height);
    if (!isNew && !isOwed && at - lookedAt < STILL_EVERY_MS) {
      const still = { ...figures, tries: 0, stage: undefined, ms: now() - began };
      return { reads: [], figures: still, looked: false };
    }
    lookedAt = at;
    return look(picture, at, formats, began);
  };
}

function figuresOf(
  best: Job | undefined,
  gradients: Gradients,
  light: number,
  boxes: readonly Box[],
  { reads, tries }: Turn,
  ms: number,
): FrameFigures {
  const { low, high, clipped } = best?.tones ?? wideTones(gradients);
  return {
    contrast: (high - low) / 255,
    modulePx: best?.module ?? 0,
    blurPx: best?.blurPx ?? 0,
    clipped,
    dark: 1 - light / 255,
    ...{ tries, stage: reads[0]?.stage, ms, boxes: boxes.length },
  };
}

/** The darkest and the lightest block of a frame. */
function wideTones({ sums }: Gradients) {
  let [low, high] = [255, 0];
  for (let i = 7; i < sums.length; i += 8) {
    const light = (sums[i] as number) >> 6;
    low = Math.min(low, light);
    high = Math.max(high, light);
  }
  return { low: Math.min(low, high), high, clipped: 0 };
}
