import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { ClockQuality, Stamp } from '@gatehouse/protocol';

export type Timer = unknown;

/** Time as the gateway's parts see it; simulation brings its own. */
export interface Clock {
  /** Milliseconds since 1970 by this machine's clock. */
  wall(): number;
  /** Milliseconds that only ever rise. */
  mono(): number;
  setTimeout(run: () => void, milliseconds: number): Timer;
  clearTimeout(timer: Timer): void;
}

export const systemClock: Clock = {
  wall: () => Date.now(),
  mono: () => performance.now(),
  setTimeout: (run, milliseconds) => setTimeout(run, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
};

/** Resolves after a while on a clock. */
export function pause(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimeout(resolve, milliseconds);
  });
}

/** An offset grows less sure with time: a machine's clock drifts by up to 200 ppm. */
const DRIFT = 200e-6;

/** The gateway's idea of cloud time: its monotonic clock, set by the cloud's. */
export interface VenueTime {
  /** Milliseconds since 1970 by the cloud's clock, as well as it is known. */
  now(): number;
  stamp(): Stamp;
  quality(): ClockQuality;
  /**
   * A round trip to the authenticated cloud: monotonic times of sending and of getting its answer,
   * and the cloud's own times of both.
   */
  measured(trip: { sent: number; received: number; cloudIn: number; cloudOut: number }): void;
}

/**
 * Once the cloud has spoken, steps of this machine's wall clock change nothing.
 * @param lastKnown the latest wall time found on disk; a clock behind it has gone back in time.
 *   Infinity where the clock stops with the power: only the cloud can vouch for it
 * @param boot names this run of the monotonic clock
 */
export function createVenueTime(
  clock: Clock,
  lastKnown: number,
  boot: string = randomUUID(),
): VenueTime {
  let set: { mono: number; cloud: number; unsure: number } | undefined;
  const uncertainty = () => (set ? set.unsure + (clock.mono() - set.mono) * DRIFT : null);
  const quality = (): ClockQuality => {
    if (set) return 'trusted';
    return clock.wall() < lastKnown ? 'untrusted' : 'plausible';
  };
  const now = () => Math.round(set ? set.cloud + clock.mono() - set.mono : clock.wall());
  return {
    now,
    quality,
    stamp() {
      const wall = Math.round(clock.wall());
      const offset = set ? now() - wall : null;
      const uncertain = uncertainty();
      return { wall, mono: clock.mono(), boot, offset, uncertainty: uncertain, quality: quality() };
    },
    measured({ sent, received, cloudIn, cloudOut }) {
      const trip = Math.max(0, received - sent - (cloudOut - cloudIn));
      const known = uncertainty();
      if (known !== null && trip / 2 > known) return;
      set = { mono: received, cloud: cloudOut + trip / 2, unsure: trip / 2 };
    },
  };
}
