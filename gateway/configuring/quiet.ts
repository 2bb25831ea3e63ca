import { type Clock, pause } from '../clock.ts';
import type { LaneView } from '../web/index.ts';

/** A passage may be told of so long after its grant has ended. */
export const QUIET_MS = 5_000;
/** Lanes that are never quiet together take no new guests after so long, until all are. */
export const PATIENCE_MS = 30_000;
const LOOK_MS = 100;

/** Knows since when no guest is in a lane. */
export interface Quiet {
  note(lane: Pick<LaneView, 'lane' | 'state'>): void;
  /** Resolves when no guest is in a lane, nor was just now; `hold` stops new ones meanwhile. */
  wait(hold: (on: boolean) => void): Promise<void>;
}

export function createQuiet(clock: Clock): Quiet {
  const busy = new Set<string>();
  let since = Number.NEGATIVE_INFINITY;
  const isQuiet = () => busy.size === 0 && clock.mono() - since >= QUIET_MS;
  return {
    note({ lane, state }) {
      const isBusy = state === 'deciding' || state === 'granted';
      if (isBusy) busy.add(lane);
      else if (busy.delete(lane)) since = clock.mono();
    },
    async wait(hold) {
      const began = clock.mono();
      while (!isQuiet()) {
        if (clock.mono() - began > PATIENCE_MS) hold(true);
        await pause(clock, LOOK_MS);
      }
    },
  };
}
