import type { Hint, LaneReading, LensAlarm } from '@gatehouse/protocol';
import type { FrameFigures, Reading } from '../reading/index.ts';
import { createGuestHint } from './guest-hint.ts';
import { createLens } from './lens.ts';
import { createMedian } from './median.ts';
import { createPresence, type Presentation } from './presence.ts';

/** Guests whose figures are looked at. */
export const GUESTS_MAX = 50;
/** What was held there for so long and left unread counts as unread. */
export const UNREAD_MIN_MS = 1_000;
/** No ticket is shorter; what is was read out of a pattern that is no code. */
const SHORTEST_CODE = 4;

/** How well one lane's camera reads, and what its guest may do about it. */
export interface LaneQuality {
  /** Each frame, in its order. @param now monotonic milliseconds */
  frame(figures: FrameFigures, now: number): void;
  /** A code was read, right after its frame's figures. */
  read(reading: Reading): void;
  /** What the guest there may do now. */
  readonly hint: Hint | undefined;
  /** No hint any more, till something is seen again. */
  forget(): void;
  /** Undefined before a camera's first frame. */
  view(): Omit<LaneReading, 'lane'> | undefined;
}

export const isPhantom = ({ code }: Reading) => code.length < SHORTEST_CODE;

const MEDIANS = ['first', 'tries', 'contrast', 'modulePx', 'blurPx', 'clipped'] as const;

export function createLaneQuality(
  onAlarm: (alarm: LensAlarm, isRaised: boolean) => void,
): LaneQuality {
  const presence = createPresence();
  const guest = createGuestHint();
  const lens = createLens(onAlarm);
  const medians = Object.fromEntries(
    MEDIANS.map((name) => [name, createMedian(GUESTS_MAX)]),
  ) as Record<(typeof MEDIANS)[number], ReturnType<typeof createMedian>>;
  const stages: Record<string, number> = {};
  const counts = { reads: 0, phantoms: 0, unread: 0 };
  let held: Presentation | undefined;
  let last: FrameFigures | undefined;
  let hint: Hint | undefined;

  function forget(): void {
    hint = undefined;
    guest.clear();
  }

  /** The first read of what a guest held out. */
  function noteGuest(figures: FrameFigures, reading: Reading): void {
    const at = reading.at + reading.took;
    medians.first.add(at - Math.min(reading.at, held?.since ?? at));
    medians.tries.add(Math.max(1, held?.tries ?? figures.tries));
    for (const name of ['contrast', 'modulePx', 'blurPx', 'clipped'] as const) {
      medians[name].add(figures[name]);
    }
    const stage = reading.stage ?? figures.stage;
    if (stage !== undefined) stages[stage] = (stages[stage] ?? 0) + 1;
    lens.read(figures);
  }

  return {
    frame(figures, now) {
      last = figures;
      // What is known now was seen before it was decoded.
      const seen = presence.see(figures.boxes, now, figures.ms);
      held = seen.now;
      if (seen.gone && !seen.gone.isRead && now - seen.gone.since >= UNREAD_MIN_MS) {
        counts.unread += 1;
      }
      if (!held) lens.empty(figures, now);
      if (held && !held.isRead) held.tries += figures.tries;
      if (held && !held.isRead) hint = guest.frame(figures, held.since, now);
      else forget();
    },
    read(reading) {
      counts.reads += 1;
      if (isPhantom(reading)) counts.phantoms += 1;
      else if (last && reading.source === 'camera' && !held?.isRead) noteGuest(last, reading);
      if (held) held.isRead = true;
      forget();
    },
    get hint() {
      return hint;
    },
    forget,
    view() {
      if (!last) return undefined;
      const round = (name: (typeof MEDIANS)[number], digits: number) => {
        const { value } = medians[name];
        return value === undefined ? null : Math.round(value * 10 ** digits) / 10 ** digits;
      };
      return {
        ...counts,
        ...{ first: round('first', 0), tries: round('tries', 0), contrast: round('contrast', 2) },
        ...{ modulePx: round('modulePx', 1), blurPx: round('blurPx', 1) },
        ...{ clipped: round('clipped', 3), stages: { ...stages }, alarms: [...lens.alarms] },
      };
    },
  };
}
