import type { Belief } from './believe.ts';
import type { Box } from './box.ts';
import type { FrameFigures } from './figures.ts';
import { createGate } from './gate.ts';
import { type Job, jobFor } from './job.ts';
import type { Gradients, Kernel } from './kernels/kernel-types.ts';
import { createLocator } from './locate.ts';
import type { Luma } from './luma.ts';
import { FIRST, kindOf, LATER_COUNT, laterOf } from './order.ts';
import type { FrameResult } from './pipeline.ts';
import type { Read, StageName } from './read.ts';
import { type Stage, WHOLE } from './stages.ts';
import { createTracks, isDue, noteShot, noteTry, type Track } from './track.ts';
import type { ZXing } from './zxing.ts';

/** Later stages begin while a frame has taken less. */
export const FRAME_BUDGET_MS = 12;
/** A scene that stands still is tried again this often. */
const STILL_EVERY_MS = 500;
/** Every so many frames without a code the whole one is read, */
const WHOLE_EVERY = 4;
/** and after so long with all that there is, */
const THOROUGH_MS = 1_000;
/** if its best place was there in so many. */
const THOROUGH_FRAMES = 8;
/** Frames may save so much of their budgets for a dear stage, and then it is tried. */
const SAVED_MAX = 60;
/** Places that are tried in a frame. */
const FIRST_PLACES = 2;
/** The first pass is tried again on a place that stays every so many frames. */
const FIRST_EVERY = 4;
/** How much of what a stage cost goes into what it is expected to cost. */
const LEARN = 0.3;

export interface FramesParts {
  readonly zxing: ZXing;
  readonly kernel: Kernel;
  readonly belief: Belief;
  uses(stage: StageName): boolean;
  now(): number;
  readonly budgetMs: number;
}

/** A place of this frame. */
interface Place {
  readonly track: Track;
  readonly job: Job;
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
  let lookedAt = Number.NEGATIVE_INFINITY;
  let thoroughAt: number | undefined;
  let firstAt = Number.NEGATIVE_INFINITY;
  /** Whether this frame's scene is another than the last one's. */
  let isNew = true;
  let isOwed = false;
  let isThoroughOwed = true;
  let empty = 0;
  /** What the frames before have left of their budgets. */
  let saved = 0;
  let figures: FrameFigures = {
    ...{ contrast: 0, modulePx: 0, blurPx: 0, clipped: 0, white: 0, dark: 0 },
    ...{ tries: 0, ms: 0, boxes: 0, boxSize: 0 },
  };

  /** Whether the stage read something that counts. */
  function run(turn: Turn, stage: Stage, job: Job, track?: Track): boolean {
    if (!uses(stage.name) || !stage.fits(job)) return false;
    const began = now();
    const found = stage.read(job);
    const took = now() - began;
    const cost = costs.get(stage.name) ?? took;
    costs.set(stage.name, cost + (took - cost) * LEARN);
    turn.tries += 1;
    for (const read of found) {
      if (turn.reads.some(({ text }) => text === read.text)) continue;
      turn.reads.push({ ...read, stage: stage.name, believed: belief.frame(read, turn.at) });
      if (track) track.reader = stage.name;
    }
    return turn.reads.some(({ believed }) => believed);
  }

  const spent = (turn: Turn) => now() - turn.began;
  /** A place may have what frames have left since it came into view. */
  function isInTime(turn: Turn, stage: Stage, { frames }: Track): boolean {
    if (budgetMs === 0) return false;
    const left = Math.min(saved, (frames - 1) * budgetMs);
    return left >= SAVED_MAX || spent(turn) + (costs.get(stage.name) ?? 0) <= budgetMs + left;
  }

  /** The cheap stages on the best places; whether something was read. */
  function tryFirst(turn: Turn, places: readonly Place[]): boolean {
    const tried = [0, 0];
    for (const { stage, place, kind } of FIRST) {
      const { track, job } = places[place] ?? {};
      if (!track || !job || kindOf(job) !== kind) continue;
      const isFirst = tried[place] === 0;
      tried[place] = 1;
      if (budgetMs > 0 && !(isFirst && (place === 0 || track.frames > 1)) && !isItsTurn(track)) {
        continue;
      }
      if (!run(turn, stage, job, track)) continue;
      noteTry(track, turn.at, true, 0);
      return true;
    }
    return false;
  }

  /** Later stages in turn while there is time, the one that read last time first. */
  function tryLater(turn: Turn, { track, job }: Place): number {
    const later = laterOf(job).filter(({ name }) => uses(name));
    if (track.frames === 1 || (track.isStill && track.vain >= LATER_COUNT)) return 0;
    const proven = later.find(({ name }) => name === track.reader);
    if (proven && budgetMs > 0 && run(turn, proven, job, track)) return 1;
    let tried = 0;
    for (; tried < later.length; tried++) {
      const stage = later[track.turn % later.length] as Stage;
      if (!isInTime(turn, stage, track)) break;
      track.turn += 1;
      if (stage === proven || !stage.fits(job)) continue;
      if (run(turn, stage, job, track)) break;
    }
    return tried;
  }

  function wholeJob({ common }: Turn): Job {
    const { width, height } = common.picture;
    const all = { x: 0, y: 0, width, height, score: 0, coherence: 0, angle: 0 };
    return jobFor({ ...common, box: all });
  }

  /** The whole frame now and then, where something stays: a code may fill it, or have no box. */
  function tryWhole(turn: Turn, best: Track | undefined): void {
    if (budgetMs === 0) return;
    thoroughAt ??= turn.at;
    const stays = best ? best.frames : empty;
    if (stays < WHOLE_EVERY) return;
    if (isThoroughOwed && stays >= THOROUGH_FRAMES && turn.at - thoroughAt >= THOROUGH_MS) {
      thoroughAt = turn.at;
      isThoroughOwed = false;
      run(turn, WHOLE.thorough, wholeJob(turn));
    } else if (empty % WHOLE_EVERY === WHOLE_EVERY - 1) {
      run(turn, WHOLE.whole, wholeJob(turn));
    }
  }

  function look(picture: Luma, at: number, formats: readonly string[], began: number) {
    kernel.take(picture);
    const gradients = kernel.gradients();
    const { boxes } = locate(gradients);
    const known = tracks.update(boxes, gradients, at);
    const common = { picture, gradients, formats, kernel, zxing, symbols: 1 };
    const turn: Turn = { began, at, reads: [], common, tries: 0 };
    const places = known
      .slice(0, FIRST_PLACES)
      .map((track) => ({ track, job: jobFor({ ...common, box: track.box, shots: track.shots }) }));
    const due = places.filter(({ track }) => isDue(track, LATER_COUNT, at));
    // What is owed to a scene that stands still are later stages, or a second frame that agrees.
    const isJustSeen = due.some(({ track }) => track.frames <= 2);
    const isFirst = isNew || isJustSeen || belief.waits(at) || at - firstAt >= STILL_EVERY_MS;
    if (isFirst) firstAt = at;
    if (!isFirst || !tryFirst(turn, due)) {
      for (const { track } of due.slice(0, 1)) if (budgetMs > 0) noteShot(track, picture);
      // One place a frame has its turn, the best every other time.
      const place = due[empty % 2 === 0 ? 0 : (empty >> 1) % due.length];
      for (const each of due) {
        const tried = each === place ? tryLater(turn, each) : 0;
        noteTry(each.track, at, tried > 0 && isRead(turn), tried);
      }
    }
    if (!isRead(turn)) tryWhole(turn, known[0]);
    empty = isRead(turn) ? 0 : empty + 1;
    const isUntried = places.some(({ track }) => track.vain < LATER_COUNT);
    isOwed = !isRead(turn) && (isUntried || empty < WHOLE_EVERY || turn.reads.length > 0);
    saved = Math.max(-SAVED_MAX, Math.min(SAVED_MAX, saved + budgetMs - spent(turn)));
    figures = figuresOf(places[0]?.job, gradients, gate.light, boxes, turn, spent(turn));
    return { reads: turn.reads, figures, looked: true };
  }

  return (picture: Luma, at: number, formats: readonly string[]): FrameResult => {
    const began = now();
    isNew = gate.changed(picture.luma, picture.width, picture.height);
    if (!isNew && !isOwed && at - lookedAt < STILL_EVERY_MS) {
      const still = { ...figures, tries: 0, stage: undefined, ms: now() - began };
      return { reads: [], figures: still, looked: false };
    }
    lookedAt = at;
    if (isNew) isThoroughOwed = true;
    return look(picture, at, formats, began);
  };
}

/**
 * Whether a place gets all of the first pass in this frame, and not only its first stage. What has
 * just come into view may be gone with the next frame, and what was not read then is tried by later
 * stages.
 */
const isItsTurn = ({ frames }: Track) => frames % FIRST_EVERY === 2;

const isRead = ({ reads }: Turn) => reads.some(({ believed }) => believed);

function figuresOf(
  best: Job | undefined,
  gradients: Gradients,
  light: number,
  boxes: readonly Box[],
  { reads, tries }: Turn,
  ms: number,
): FrameFigures {
  const wide = wideTones(gradients);
  const { low, high, clipped } = best?.tones ?? wide;
  return {
    contrast: (high - low) / 255,
    modulePx: best?.module ?? 0,
    blurPx: best?.blurPx ?? 0,
    clipped,
    white: wide.white,
    dark: 1 - light / 255,
    ...{ tries, stage: reads[0]?.stage, ms, boxes: boxes.length },
    boxSize: best ? Math.sqrt(best.box.width * best.box.height) / best.picture.height : 0,
  };
}

/** Blocks this light are clipped, all but a noisy pixel. */
const WHITE = 250;

/** The darkest and the lightest block of a frame, and how many are clipped to white. */
function wideTones({ sums }: Gradients) {
  let [low, high, white] = [255, 0, 0];
  for (let i = 7; i < sums.length; i += 8) {
    const light = (sums[i] as number) >> 6;
    low = Math.min(low, light);
    high = Math.max(high, light);
    if (light >= WHITE) white += 1;
  }
  white /= Math.max(1, sums.length / 8);
  return { low: Math.min(low, high), high, clipped: 0, white };
}
