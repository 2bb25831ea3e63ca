import type { HardwareClock } from './devices.ts';

/** The machine's own monotonic clock (`performance.now()`) and timers. */
export const systemClock: HardwareClock = {
  now: () => performance.now(),
  setTimeout: (run, milliseconds) => setTimeout(run, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
};
