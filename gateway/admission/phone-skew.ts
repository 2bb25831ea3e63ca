import { slotAt } from '@gatehouse/protocol';
import type { VenueTime } from '../clock.ts';

/** So many of a lane's latest secure codes are looked at. */
const CODES_MAX = 20;

/** How far the clocks of guests' phones are off, by the codes they show at a lane. */
export interface PhoneSkew {
  /** @param slot of a code whose signature was good */
  note(lane: string, slot: number | undefined): void;
  /** Median in slots of 30 s, of the last 20 codes; `undefined` before the first. */
  of(lane: string): number | undefined;
}

export function createPhoneSkew(time: VenueTime): PhoneSkew {
  const byLane = new Map<string, number[]>();
  return {
    note(lane, slot) {
      // A clock that nobody vouches for says nothing about a phone's.
      if (slot === undefined || time.quality() === 'untrusted') return;
      const known = byLane.get(lane) ?? [];
      byLane.set(lane, [...known, slot - slotAt(time.now())].slice(-CODES_MAX));
    },
    of(lane) {
      const sorted = [...(byLane.get(lane) ?? [])].sort((a, b) => a - b);
      const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
      return low === undefined || high === undefined ? undefined : (low + high) / 2;
    },
  };
}
