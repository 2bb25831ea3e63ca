import type { Belief } from './believe.ts';
import type { Box } from './box.ts';
import type { FrameFigures } from './figures.ts';
import { createGate } from './gate.ts';
import { type Job, jobFor } from './job.ts';
import type { Gradients, Kernel } from './kernels/kernel-types.ts';
import { isShapely } from './likeness.ts';
import { createLocator } from './locate.ts';
import type { Luma } from './luma.ts';
import { FIRST_PASS, stagesOf, turnOf } from './order.ts';
import type { FrameResult } from './pipeline.ts';
import type { Read, StageName } from './read.ts';
import { type Stage, WHOLE } from './stages.ts';
import { tonesOf } from './tones.ts';
import { createTracks, isDue, noteLight, noteShot, noteTry, type Track } from './track.ts';
import type { ZXing } from './zxing.ts';

/** Stages begin while a frame has taken less. */
export const FRAME_BUDGET_MS = 12;
/** A scene that stands still is tried again this often, */
const STILL_EVERY_MS = 500;
/** when nothing is read there after this part of the time for which it has stood, */
const STILL_PART = 1 / 4;
/** but at least this often. */
const STILL_MOST_MS = 4_000;
/** Every so many frames without a code the whole one is read, */
const WHOLE_EVERY = 4;
/** but that of a scene that stands still no more than so often, */
const WHOLE_STILL = 2;
/** and after so long with all that there is, */
const THOROUGH_MS = 1_000;
/** if its best place was there in so many. */
const THOROUGH_FRAMES = 8;
/** Frames may save so much of their budgets for a dear stage, and then it is tried. */
const SAVED_MAX = 60;
/** Places that are tried in a frame. */
const PLACES = 2;
/** What a stage is expected to cost until it is known; */
const CHEAP_MS = 4;
/** a dear one. */
const DEAR_MS = 24;
const DEAR: ReadonlySet<StageName> = new Set(['averaged', 'bars-thorough', 'coarse', 'sharpened']);
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

/** A place of this frame: 0 is the rank of the best. */
interface Place {
  readonly rank: number;
  readonly track: Track;
  readonly job: Job;
  readonly stages: readonly Stage[];
}

/** What is being done with one frame. */
interface Turn {
  readonly began: number;
  /** Milliseconds since, when the last stage ended. */
  spent: number;
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
  /** Since when nothing has changed and nothing was read. */
  let quietAt = Number.NEGATIVE_INFINITY;
  /** Whether this frame's scene is another than the last one's. */
  let isNew = true;
  let isOwed = false;
  let isThoroughOwed = true;
  /** How often the whole of this scene was read. */
  let wholes = 0;
  /** Frames since something was read, and since there was a place. */
  let empty = 0;
  let bare = 0;
  /** What the frames before have left of their budgets. */
  let saved = 0;
  let figures: FrameFigures = {
    ...{ contrast: 0, modulePx: 0, blurPx: 0, clipped: 0, white: 0, dark: 0 },
    ...{ tries: 0, ms: 0, boxes: 0, boxSize: 0 },
  };

  /** Whether the stage read something that counts. */
  function run(turn: Turn, stage: Stage, job: Job, track?: Track): boolean {
    if (!uses(stage.name) || !stage.fits(job)) return false;
    const sawBefore = track?.sightings.any;
    const found = stage.read(job);
    if (track?.sightings.any && !sawBefore) track.reader = stage.name;
    const before = turn.spent;
    turn.spent = now() - turn.began;
    const took = turn.spent - before;
    const cost = costOf(stage);
    costs.set(stage.name, cost + (took - cost) * LEARN);
    turn.tries += 1;
    for (const read of found) {
      if (turn.reads.some(({ text }) => text === read.text)) continue;
      turn.reads.push({ ...read, stage: stage.name, believed: belief.frame(read, turn.at) });
      if (track) track.reader = stage.name;
    }
    return turn.reads.some(({ believed }) => believed);
  }

  const costOf = (stage: Stage) =>
    costs.get(stage.name) ?? (DEAR.has(stage.name) ? DEAR_MS : CHEAP_MS);

  /**
   * Whether there is time: a place may have what frames have saved, and one frame's more in
   * advance, but no more than twice the budgets of the frames since it came into view.
   */
  function isInTime(turn: Turn, stage: Stage, { track, stages }: Place): boolean {
    const most = track.vain < stages.length ? 2 * (track.frames - 1) * budgetMs : 0;
    const left = Math.min(saved + budgetMs, most);
    return left >= SAVED_MAX || turn.spent + costOf(stage) <= budgetMs + left;
  }

  /** Whether the next stage of a place may be tried now. */
  function mayGoOn(turn: Turn, place: Place): boolean {
    const { rank, track, stages } = place;
    const { vain } = track;
    if (budgetMs === 0) return turnOf(rank, vain) <= FIRST_PASS;
    // What has just come into view and is hardly a code can wait for its second frame.
    if (track.frames === 1) return vain === 0 && isShapely(track.box, place.job.module);
    if (track.isStill && vain >= stages.length) return false;
    const stage = stages[vain % stages.length] as Stage;
    return !stage.fits(place.job) || isInTime(turn, stage, place);
  }

  /** What may be as it was: the stage that read a place last, and the cheapest of the best one. */
  function tryAgain(turn: Turn, { rank, track, job, stages }: Place): boolean {
    const proven = stages.find(({ name }) => name === track.reader);
    if (proven && run(turn, proven, job, track)) return true;
    const cheapest = stages[0] as Stage;
    if (rank > 0 || track.vain === 0 || cheapest === proven) return false;
    return run(turn, cheapest, job, track);
  }

  /** The stages of the places in their order while there is time, until something is read. */
  function tryInTurn(turn: Turn, places: readonly Place[]): Place | undefined {
    const most = places.reduce((sum, { stages }) => sum + stages.length, 0);
    for (let tries = 0; tries < most; tries++) {
      const [next] = places
        .filter((place) => mayGoOn(turn, place))
        .sort((a, b) => turnOf(a.rank, a.track.vain) - turnOf(b.rank, b.track.vain));
      if (!next) return undefined;
      const { track, job, stages } = next;
      const stage = stages[track.vain % stages.length] as Stage;
      track.vain += 1;
      if (run(turn, stage, job, track)) return next;
    }
    return undefined;
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
    bare = best ? 0 : bare + 1;
    const stays = best ? best.frames : bare;
    if (stays < WHOLE_EVERY) return;
    if (isThoroughOwed && stays >= THOROUGH_FRAMES && turn.at - thoroughAt >= THOROUGH_MS) {
      thoroughAt = turn.at;
      isThoroughOwed = false;
      run(turn, WHOLE.thorough, wholeJob(turn));
    } else if (empty % WHOLE_EVERY === WHOLE_EVERY - 1 && wholes < WHOLE_STILL) {
      wholes += 1;
      run(turn, WHOLE.whole, wholeJob(turn));
    }
  }

  function look(picture: Luma, at: number, formats: readonly string[], began: number) {
    kernel.take(picture);
    const gradients = kernel.gradients();
    const { boxes } = locate(gradients);
    const known = tracks.update(boxes, gradients, at);
    const common = { picture, gradients, formats, kernel, zxing, symbols: 1 };
    const turn: Turn = { began, spent: 0, at, reads: [], common, tries: 0 };
    const places = known.slice(0, PLACES).flatMap((track, rank): Place[] => {
      // What has just come into view may be gone with the next frame.
      const tones = tonesOf(picture, track.box);
      noteLight(track, tones.high, gate.light);
      if (rank > 0 && track.frames === 1 && budgetMs > 0) return [];
      const { box, shots, sightings } = track;
      const job = jobFor({ ...common, box, tones, shots, sightings });
      return [{ rank, track, job, stages: stagesOf(job) }];
    });
    turn.spent = now() - began;
    const due = places.filter(({ track, stages }) => isDue(track, stages.length, at));
    if (due[0] && due[0].track.frames > 1) noteShot(due[0].track, picture);
    // What is owed to a scene that stands still are further stages, or a second frame that agrees.
    const isJustSeen = due.some(({ track }) => track.frames <= 2);
    const isFirst = isNew || isJustSeen || belief.waits(at) || at - firstAt >= STILL_EVERY_MS;
    if (isFirst) firstAt = at;
    const again = isFirst ? due.find((place) => tryAgain(turn, place)) : undefined;
    const read = again ?? tryInTurn(turn, due);
    for (const place of due) noteTry(place.track, at, place === read);
    if (!isRead(turn)) tryWhole(turn, known[0]);
    empty = isRead(turn) ? 0 : empty + 1;
    const isUntried =
      places.length < Math.min(PLACES, known.length) ||
      places.some(({ track, stages }) => track.vain < stages.length);
    isOwed = !isRead(turn) && (isUntried || empty < WHOLE_EVERY || turn.reads.length > 0);
    if (isNew || turn.reads.length > 0) quietAt = at;
    saved = Math.max(-budgetMs, Math.min(SAVED_MAX, saved + budgetMs - turn.spent));
    figures = figuresOf(places[0]?.job, gradients, gate.light, boxes, turn);
    return { reads: turn.reads, figures, looked: true };
  }

  return (picture: Luma, at: number, formats: readonly string[]): FrameResult => {
    const began = now();
    isNew = gate.changed(picture.luma, picture.width, picture.height);
    const rest = Math.max(STILL_EVERY_MS, Math.min(STILL_MOST_MS, (at - quietAt) * STILL_PART));
    if (!isNew && !isOwed && at - lookedAt < rest) {
      const still = { ...figures, tries: 0, stage: undefined, ms: now() - began };
      return { reads: [], figures: still, looked: false };
    }
    lookedAt = at;
    if (isNew) isThoroughOwed = true;
    if (isNew) wholes = 0;
    return look(picture, at, formats, began);
  };
}

const isRead = ({ reads }: Turn) => reads.some(({ believed }) => believed);

function figuresOf(
  best: Job | undefined,
  gradients: Gradients,
  light: number,
  boxes: readonly Box[],
  { reads, tries, spent: ms }: Turn,
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
