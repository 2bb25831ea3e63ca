import type {
  Moment,
  OfflinePolicy,
  PerformanceFacts,
  StalePhonePolicy,
} from '@gatehouse/protocol';
import { ticketingError } from './errors.ts';

const HOUR_MS = 3_600_000;
/** Rule P13: admission opens this long before the start. */
export const OPENS_BEFORE_MS = HOUR_MS;
/** Rule P13: and closes this long after it where no end is known. */
export const CLOSES_AFTER_MS = HOUR_MS;

/** What an administrator sets; times in milliseconds since 1970. */
export interface PerformanceSettings {
  readonly production: string;
  readonly hall: string;
  readonly starts: Moment;
  readonly ends: Moment | null;
  /** Admission window; `null` for the usual one (rule P13). */
  readonly opens: Moment | null;
  readonly closes: Moment | null;
  readonly secure: boolean;
  readonly reEntry: boolean;
  readonly capacity: number | null;
  /** Secure tickets without the cloud: refused unless an administrator says otherwise (S13). */
  readonly offline: OfflinePolicy;
  /** People per hour whom the venue may admit so; `null` for no limit. */
  readonly offlineCap: number | null;
  readonly stalePhone: StalePhonePolicy;
}

export const PERFORMANCE_DEFAULTS = {
  ends: null,
  opens: null,
  closes: null,
  secure: false,
  reEntry: false,
  capacity: null,
  offline: 'refuse',
  offlineCap: null,
  stalePhone: 'refuse',
} as const;

/** The admission window by rule P13. */
export function windowOf(
  times: Pick<PerformanceSettings, 'starts' | 'ends' | 'opens' | 'closes'>,
): { opens: Moment; closes: Moment } {
  return {
    opens: times.opens ?? times.starts - OPENS_BEFORE_MS,
    closes: times.closes ?? times.ends ?? times.starts + CLOSES_AFTER_MS,
  };
}

/** @throws GatehouseError `performance-times-invalid` */
export function checkTimes(settings: PerformanceSettings): void {
  const { opens, closes } = windowOf(settings);
  if (settings.ends !== null && settings.ends <= settings.starts) {
    throw ticketingError('performance-times-invalid', { field: 'ends', other: 'starts' });
  }
  if (closes <= opens) {
    throw ticketingError('performance-times-invalid', { field: 'closes', other: 'opens' });
  }
}

/** What a door needs to know of it. */
export function factsOf(
  id: string,
  title: string,
  settings: PerformanceSettings,
): PerformanceFacts {
  return {
    id,
    title,
    hall: settings.hall,
    starts: settings.starts,
    ...windowOf(settings),
    secure: settings.secure,
    reEntry: settings.reEntry,
    ...(settings.capacity === null ? {} : { capacity: settings.capacity }),
    offline: settings.offline,
    ...(settings.offlineCap === null ? {} : { offlineCap: settings.offlineCap }),
    stalePhone: settings.stalePhone,
  };
}
