import type { HardwareClock, Health } from './devices.ts';
import { type HardwareErrorCode, hardwareErrors } from './errors.ts';

/** The part of a structured logger (pino's shape) that drivers use. */
export interface HardwareLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** What every driver is given besides its settings. */
export interface DeviceParts {
  readonly clock: HardwareClock;
  readonly log?: HardwareLog;
}

/** Tells the lane and the log of a device's health, only when it changes. */
export interface HealthReport {
  ok(): void;
  fail(code: HardwareErrorCode, detail?: string): void;
}

/** Makes a report for one device; `device` names it in the log. */
export function healthReport(
  device: string,
  listener: { onHealth?(health: Health): void },
  log?: HardwareLog,
): HealthReport {
  let last: string | undefined;
  return {
    ok() {
      if (last === '') return;
      last = '';
      log?.info({ device }, 'device in order');
      listener.onHealth?.({ ok: true });
    },
    fail(code, detail) {
      const now = `${code} ${detail ?? ''}`;
      if (last === now) return;
      last = now;
      log?.warn({ device, code, detail }, hardwareErrors[code].message);
      listener.onHealth?.(detail === undefined ? { ok: false, code } : { ok: false, code, detail });
    },
  };
}
