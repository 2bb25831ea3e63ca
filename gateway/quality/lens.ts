import { LENS_ALARMS, type LensAlarm } from '@gatehouse/protocol';
import type { FrameFigures } from '../reading/index.ts';
import { createMedian } from './median.ts';

/** Reads whose middle is compared with the lane's own. */
export const RECENT_READS_MAX = 40;
/** So many middles, each of that many reads, are what the lane's own one is made of. */
export const BASE_MIDDLES_MAX = 25;
/** Fewer middles are no measure yet. */
export const BASE_MIDDLES_MIN = 3;
/** Contrast that fell to this part of its own, or edges so many times as wide: dirt. */
const DIRTY_CONTRAST = 0.6;
const DIRTY_BLUR = 1.7;
/** The alarm ends only when both are this near again. */
const CLEAN_CONTRAST = 0.75;
const CLEAN_BLUR = 1.35;

/** The empty scene is looked at this often, and judged by so many looks. */
export const EMPTY_EVERY_MS = 1_000;
export const EMPTY_LOOKS_MAX = 60;
export const EMPTY_LOOKS_MIN = 30;
/** Share of an empty scene that is clipped to white: a lamp, or the sun, in the lens. */
const GLARE_FROM = 0.08;
const GLARE_UNTIL = 0.03;

/** Watches one camera's lens by what its frames are like. */
export interface Lens {
  /** A guest's code was read in a frame like this. */
  read(figures: FrameFigures): void;
  /** Nobody holds anything out. */
  empty(figures: FrameFigures, now: number): void;
  /** In the order of `LENS_ALARMS`. */
  readonly alarms: readonly LensAlarm[];
}

/** @param onAlarm told when one is raised or over */
export function createLens(onAlarm: (alarm: LensAlarm, isRaised: boolean) => void): Lens {
  const contrast = against(DIRTY_CONTRAST, CLEAN_CONTRAST);
  const blur = against(1 / DIRTY_BLUR, 1 / CLEAN_BLUR);
  const white = createMedian(EMPTY_LOOKS_MAX);
  const raised = new Set<LensAlarm>();
  let lookedAt = Number.NEGATIVE_INFINITY;

  function set(alarm: LensAlarm, isRaised: boolean): void {
    if (raised.has(alarm) === isRaised) return;
    if (isRaised) raised.add(alarm);
    else raised.delete(alarm);
    onAlarm(alarm, isRaised);
  }

  return {
    read(figures) {
      const isDirty = raised.has('lens-dirty');
      contrast.add(figures.contrast, isDirty);
      // Of sharpness, so that less is worse for both.
      if (figures.blurPx > 0) blur.add(1 / figures.blurPx, isDirty);
      if (contrast.isBad || blur.isBad) set('lens-dirty', true);
      else if (contrast.isGood && blur.isGood) set('lens-dirty', false);
    },
    empty(figures, now) {
      if (now - lookedAt < EMPTY_EVERY_MS) return;
      lookedAt = now;
      white.add(figures.white);
      if (white.size < EMPTY_LOOKS_MIN) return;
      const share = white.value ?? 0;
      if (share >= GLARE_FROM) set('lens-glare', true);
      else if (share <= GLARE_UNTIL) set('lens-glare', false);
    },
    get alarms() {
      return LENS_ALARMS.filter((alarm) => raised.has(alarm));
    },
  };
}

/** A figure's middle of late against the same lane's middle of long; more is better. */
function against(bad: number, good: number) {
  const recent = createMedian(RECENT_READS_MAX);
  const base = createMedian(BASE_MIDDLES_MAX);
  let since = 0;
  const part = () => {
    if (recent.size < RECENT_READS_MAX || base.size < BASE_MIDDLES_MIN) return 1;
    return (recent.value ?? 0) / (base.value || 1);
  };
  return {
    /** @param isDirty what is read now is no measure of the lane */
    add(value: number, isDirty: boolean) {
      recent.add(value);
      since += 1;
      if (since < RECENT_READS_MAX) return;
      since = 0;
      if (!isDirty && part() > bad) base.add(recent.value ?? 0);
    },
    get isBad() {
      return part() < bad;
    },
    get isGood() {
      return part() > good;
    },
  };
}
