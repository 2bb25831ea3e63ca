import type { Decision } from '../admission/index.ts';
import type { Timer } from '../clock.ts';
import type { ScanTimings } from '../web/events.ts';

/** After the relay is off, a sensor edge may still come this late. */
export const GRACE_MS = 500;
/** A passage this soon after a release still belongs to it. */
export const LATE_MS = 5_000;
/** A grant that has less than this left is given up: nobody gets through so fast. */
export const PASS_MIN_MS = 1_000;
/** A lane without a passage sensor remembers an admitted code this long. */
export const NO_SENSOR_MEMORY_MS = 10_000;
/** Such a lane stays open this long for its guest when the next one is waiting. */
export const NO_SENSOR_PASS_MS = 3_000;

/** A grant that its lane holds. */
export interface Granted {
  readonly decision: Decision;
  readonly code: string;
  timings: ScanTimings;
  /** Monotonic milliseconds at which the relay was told to open. */
  readonly at: number;
  readonly unlockMs: number;
  timer: Timer;
  committed?: boolean;
  /** The turnstile was away meanwhile: somebody may have passed unseen. */
  blind?: boolean;
}
