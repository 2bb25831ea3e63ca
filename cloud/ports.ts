/** What the cloud is given from outside, so that tests and simulation bring their own. */

/** Time. `now` may jump (wall clock), `monotonic` never goes back. Both in milliseconds. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  monotonic(): number;
  setTimeout(run: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** That many random bytes, fit for keys. */
export type Random = (length: number) => Uint8Array;

/** The part of a structured logger (pino's shape) that the cloud uses; no codes, no names in it. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Who the data belongs to. */
export interface Tenant {
  readonly id: string;
  /** 32 bytes: hides ticket codes on disk, in the cloud and on its gateways. */
  readonly venueKey: Uint8Array;
}

/** The machine's own clocks and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (run, milliseconds) => setTimeout(run, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
};
