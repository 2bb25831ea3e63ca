import type { Hint } from '@gatehouse/protocol';
import type { FrameFigures } from '../reading/index.ts';
import { createMedian } from './median.ts';

/** Something has to be there unread for so long before its guest is told anything. */
export const HINT_AFTER_MS = 1_500;
/** A hint stands for at least so long, so that it can be read and does not flicker. */
export const HINT_HELD_MS = 2_000;
/** Another reason has to hold for so long before it takes the place of the shown one. */
export const HINT_SURE_MS = 600;
/** After so long no hint has helped: the guest needs a person. */
export const HINT_GIVEN_UP_MS = 12_000;
/** Frames whose middle is judged. */
const FRAMES_MAX = 9;

/** More of a box than this clipped to white is a lamp in the glass, */
const GLARE = 0.03;
/** but so much is its paper or screen, which does no harm by itself. */
const WHITE = 0.35;
/** A fainter code drowns in noise, and in a dark frame one that is twice as strong. */
const FAINT = 0.15;
const DARK = 0.8;
const FAINT_WHERE_DARK = 0.35;
/** In parts of the frame's height: smaller ones have too few pixels a module, */
const SMALL = 0.3;
/** larger ones do not fit in, */
const LARGE = 0.95;
/** and of these the edges are so wide only because they are nearer than the lens sees sharply. */
const NEAR = 0.35;
const SMEARED_PX = 14;

type Judged = Pick<FrameFigures, 'contrast' | 'blurPx' | 'clipped' | 'dark' | 'boxSize'>;

/** What would help most, if it is plain. */
export function hintFor({ contrast, blurPx, clipped, dark, boxSize }: Judged): Hint | undefined {
  if (clipped > GLARE && clipped < WHITE) return 'tilt';
  if (contrast < (dark > DARK ? FAINT_WHERE_DARK : FAINT)) return 'brighter';
  if (boxSize < SMALL) return 'closer';
  if (boxSize > LARGE || (boxSize > NEAR && blurPx > SMEARED_PX)) return 'further';
  return clipped >= WHITE ? 'tilt' : undefined;
}

/** What the guest at one camera is told, frame by frame. */
export interface GuestHint {
  /** @param since when what is held there unread appeared */
  frame(figures: FrameFigures, since: number, now: number): Hint | undefined;
  /** Nothing is held there, or it was read. */
  clear(): void;
}

export function createGuestHint(): GuestHint {
  const seen = {
    contrast: createMedian(FRAMES_MAX),
    blurPx: createMedian(FRAMES_MAX),
    clipped: createMedian(FRAMES_MAX),
    dark: createMedian(FRAMES_MAX),
    boxSize: createMedian(FRAMES_MAX),
  };
  const names = Object.keys(seen) as (keyof typeof seen)[];
  let shown: { hint: Hint; at: number } | undefined;
  let other: { hint: Hint | undefined; at: number } | undefined;

  function middle(figures: FrameFigures): Judged {
    for (const name of names) seen[name].add(figures[name]);
    const value = (name: keyof typeof seen) => seen[name].value ?? 0;
    return {
      ...{ contrast: value('contrast'), blurPx: value('blurPx'), clipped: value('clipped') },
      ...{ dark: value('dark'), boxSize: value('boxSize') },
    };
  }

  function clear(): void {
    for (const name of names) seen[name].clear();
    shown = undefined;
    other = undefined;
  }

  return {
    clear,
    frame(figures, since, now) {
      const hint = hintFor(middle(figures));
      if (now - since > HINT_GIVEN_UP_MS) {
        shown = undefined;
        return undefined;
      }
      if (hint === shown?.hint) {
        other = undefined;
        return hint;
      }
      if (!other || other.hint !== hint) other = { hint, at: now };
      const isSure = now - other.at >= HINT_SURE_MS && now - since >= HINT_AFTER_MS;
      const isRead = !shown || now - shown.at >= HINT_HELD_MS;
      if (isSure && isRead) {
        shown = hint && { hint, at: now };
        other = undefined;
      }
      return shown?.hint;
    },
  };
}
