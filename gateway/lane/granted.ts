import type { Decision } from '../admission/index.ts';
import type { Timer } from '../clock.ts';
import type { ScanTimings } from '../web/events.ts';

/** After the relay is off, a sensor edge may still come this late. */
export const GRACE_MS = 500;
/** A passage this soon after a release still belongs to it. */
export const LATE_MS = 5_000;

/** A grant that its lane holds. */
export interface Granted {
  readonly decision: Decision;
  readonly code: string;
  readonly timings: ScanTimings;
  timer: Timer;
  committed?: boolean;
}
