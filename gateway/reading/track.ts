import type { Box } from './box.ts';
import { around, copyInto } from './job.ts';
import type { Gradients } from './kernels/kernel-types.ts';
import { BLOCK, overlap } from './locate.ts';
import type { Luma } from './luma.ts';
import type { StageName } from './read.ts';
import { createSightings, SHOTS_MAX, type Shot, type Sightings } from './samplers/index.ts';

/** Places that are followed. */
const PLACES = 8;
/** A place that has not been seen for so long is forgotten, unless no frame was looked at since. */
const FORGOTTEN_AFTER = 600;
/** Boxes of two frames that share so much of their area are one place. */
const SAME = 0.6;
/** A place is still while the brightness of its parts moved by less on average, of 255. */
const STILL = 0.8;
/** Something else stands there when they moved by more, */
const OTHER = 20;
/** when its edges have more or less of one direction by this, */
const OTHER_COHERENCE = 0.25;
/** or stand out by so many times as much, */
const OTHER_SCORE = 2.5;
/** or its lightest tones, of 255, by this, and not as the whole frame's do: lamps flicker, */
const OTHER_LIGHT = 8;
/** but by no more than so many times. */
const FLICKER = 1.25;
/** Parts along each side of a place whose brightness is remembered. */
const PARTS = 3;
/** What was tried in vain on a place is worth another try when its size has changed so much. */
const RESIZED = 1.4;
/** A place that moves and has tried everything in vain is tried every so many frames, */
const TIRED_REST = 4;
/** one that stands still every so many milliseconds. */
const DEAD_REST = 500;

/** Pixels around a place that are kept with it. */
const SHOT_PAD = 32;

/** A place in the frames of one camera, and what has been tried on it. */
export interface Track {
  box: Box;
  /** When it was last seen, and last tried. */
  seen: number;
  tried: number;
  /** Frames it was seen in, and frames since it was last tried. */
  frames: number;
  rested: number;
  /** Whether it looks as it did in the frame before. */
  isStill: boolean;
  /** Stages tried in vain since it was new, was read, or changed its size. */
  vain: number;
  /** Its area when that began. */
  area: number;
  /** The stage that read it last, or saw a symbol there. */
  reader?: StageName | undefined;
  /** Its lightest tones, and the mean of the frame they were in. */
  lit?: { readonly high: number; readonly frame: number };
  readonly parts: Float32Array;
  /** The place in its last frames, with some pixels around it; the newest last. */
  readonly shots: Shot[];
  /** What its last frames showed of a symbol that is not read yet. */
  readonly sightings: Sightings;
}

/** The places of one camera's frames. */
export interface Tracks {
  /** Matches a frame's boxes to the places known; gives the places of the boxes in their order. */
  update(boxes: readonly Box[], gradients: Gradients, at: number): readonly Track[];
}

/**
 * Whether a place is to be tried in this frame.
 * @param stages how many there are for it
 */
export function isDue(track: Track, stages: number, at: number): boolean {
  if (track.vain < stages) return true;
  return track.isStill ? at - track.tried >= DEAD_REST : track.rested >= TIRED_REST;
}

/** Notes that a place was tried in a frame, and whether it was read. */
export function noteTry(track: Track, at: number, isRead: boolean): void {
  track.tried = at;
  track.rested = 0;
  if (!isRead) return;
  track.vain = 0;
  track.area = track.box.width * track.box.height;
}

/**
 * Notes how light a place is, and its frame: what of one is paper is of another a sleeve.
 * @param high its lightest tones, of 255
 */
export function noteLight(track: Track, high: number, frame: number): void {
  const before = track.lit;
  track.lit = { high, frame };
  if (!before) track.frames = 1;
  if (!before) return;
  const gain = Math.min(FLICKER, Math.max(1 / FLICKER, frame / Math.max(1, before.frame)));
  const moved = high - before.high;
  const apart = Math.min(Math.abs(moved), Math.abs(high - Math.min(255, before.high * gain)));
  if (apart > OTHER_LIGHT) beginAnew(track);
}

/** Something else stands there. */
function beginAnew(track: Track): void {
  Object.assign(track, { frames: 1, vain: 0, reader: undefined });
  track.shots.length = 0;
  track.sightings.clear();
}

/** Keeps what a place looks like for the mean of its frames; the oldest gives its memory. */
export function noteShot({ box, shots }: Track, picture: Luma): void {
  const part = around(box, SHOT_PAD, picture);
  const oldest = shots.length >= SHOTS_MAX ? shots.shift() : undefined;
  const pixels = part.width * part.height;
  let luma = new Uint8Array(oldest?.picture.luma.buffer ?? new ArrayBuffer(0));
  if (luma.length < pixels) luma = new Uint8Array(pixels);
  const kept = copyInto(luma, picture, part);
  shots.push({ picture: kept, box: { ...box, x: box.x - part.x, y: box.y - part.y } });
}

export function createTracks(): Tracks {
  let known: Track[] = [];
  /** When there was a frame before this one. */
  let before = Number.NEGATIVE_INFINITY;

  function follow(track: Track, box: Box, gradients: Gradients, at: number): void {
    // What came and went is hardly what comes now.
    const isOther = looksOther(track.box, box) || (track.frames === 1 && track.seen < before);
    track.box = box;
    track.seen = at;
    track.frames += 1;
    track.rested += 1;
    track.sightings.next();
    const moved = remember(track, gradients);
    track.isStill = moved < STILL;
    if (isOther || moved > OTHER) beginAnew(track);
    const area = box.width * box.height;
    if (area > track.area * RESIZED || area * RESIZED < track.area) {
      track.vain = 0;
      track.area = area;
    }
  }

  return {
    update(boxes, gradients, at) {
      known = known.filter(({ seen }) => seen >= Math.min(before, at - FORGOTTEN_AFTER));
      const now: Track[] = [];
      for (const box of boxes) {
        let track = nearest(known, now, box);
        if (!track) {
          track = newTrack(box);
          known.push(track);
        }
        follow(track, box, gradients, at);
        now.push(track);
      }
      if (known.length > PLACES) {
        known.sort((one, other) => other.seen - one.seen);
        known.length = PLACES;
      }
      before = at;
      return now;
    },
  };
}

function newTrack(box: Box): Track {
  return {
    ...{ box, seen: 0, tried: Number.NEGATIVE_INFINITY, frames: 0, rested: 0, isStill: false },
    ...{ vain: 0, area: box.width * box.height },
    parts: new Float32Array(PARTS * PARTS),
    shots: [],
    sightings: createSightings(),
  };
}

function looksOther(before: Box, now: Box): boolean {
  const likeness = Math.abs(before.coherence - now.coherence);
  const more = before.score / now.score;
  return likeness > OTHER_COHERENCE || more > OTHER_SCORE || more < 1 / OTHER_SCORE;
}

/** The place that a box is on, if it is one that no other box has taken. */
function nearest(known: readonly Track[], taken: readonly Track[], box: Box): Track | undefined {
  let best: Track | undefined;
  let shared = SAME;
  for (const track of known) {
    const both = overlap(track.box, box);
    if (both <= shared || taken.includes(track)) continue;
    best = track;
    shared = both;
  }
  return best;
}

/** Remembers the brightness of a place's parts; gives how much they moved on average. */
function remember({ box, parts }: Track, gradients: Gradients): number {
  let moved = 0;
  for (let i = 0; i < parts.length; i++) {
    const light = lightOf(box, i % PARTS, Math.floor(i / PARTS), gradients);
    moved += Math.abs(light - (parts[i] as number));
    parts[i] = light;
  }
  return moved / parts.length;
}

/** Mean brightness of the blocks in a part of a box. */
function lightOf(box: Box, x: number, y: number, { columns, rows, sums }: Gradients): number {
  const at = (start: number, size: number, part: number, last: number) =>
    Math.min(last, Math.floor((start + (part * size) / PARTS) / BLOCK));
  const [left, top] = [at(box.x, box.width, x, columns - 1), at(box.y, box.height, y, rows - 1)];
  const right = Math.max(left, at(box.x, box.width, x + 1, columns) - 1);
  const bottom = Math.max(top, at(box.y, box.height, y + 1, rows) - 1);
  let sum = 0;
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      sum += sums[(row * columns + column) * 8 + 7] as number;
    }
  }
  return sum / ((bottom - top + 1) * (right - left + 1) * 64);
}
