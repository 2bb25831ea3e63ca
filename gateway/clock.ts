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

/** An offset this old says little: the machine's clock drifts up to 200 ppm. */
const DRIFT = 200e-6;

/** The gateway's idea of cloud time: own clock, measured offset, and how far to trust them. */
export interface VenueTime {
  /** Milliseconds since 1970 by the cloud's clock, as well as it is known. */
  now(): number;
  stamp(): Stamp;
  quality(): ClockQuality;
  /** A round trip to the authenticated cloud: wall times of sending and getting its answer. */
  measured(trip: { sent: number; received: number; cloudIn: number; cloudOut: number }): void;
}

/**
 * @param lastKnown the latest wall time found on disk; a clock behind it has gone back in time
 */
export function createVenueTime(clock: Clock, lastKnown: number): VenueTime {
  const boot = randomUUID();
  let offset: number | null = null;
  let measuredAt = 0;
  let rtt = 0;
  const uncertainty = () =>
    offset === null ? null : rtt / 2 + (clock.mono() - measuredAt) * DRIFT;
  const quality = (): ClockQuality => {
    if (offset !== null) return 'trusted';
    return clock.wall() < lastKnown ? 'untrusted' : 'plausible';
  };
  return {
    now: () => Math.round(clock.wall() + (offset ?? 0)),
    quality,
    stamp: () => ({
      wall: Math.round(clock.wall()),
      mono: clock.mono(),
      boot,
      offset,
      uncertainty: uncertainty(),
      quality: quality(),
    }),
    measured({ sent, received, cloudIn, cloudOut }) {
      const trip = Math.max(0, received - sent - (cloudOut - cloudIn));
      const known = uncertainty();
      if (known !== null && trip / 2 > known) return;
      offset = (cloudIn - sent + (cloudOut - received)) / 2;
      rtt = trip;
      measuredAt = clock.mono();
    },
  };
}
