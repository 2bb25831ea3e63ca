import type { Moment, PerformanceFacts, Stamp } from '@gatehouse/protocol';
import type { DoorTicket } from '../ticketing/index.ts';
import type { ScanRow } from './scan-store.ts';

/** Who looks at every passage for what should not have been; runs inside the fold's own batch. */
export interface PassageWatch {
  /** A new piece of work in a batch; what it finds is told only when its batch is on disk. */
  begin(): Watching;
}

export interface Watching {
  /**
   * Somebody has passed, and the scan says so already.
   * @param ticket as it was before
   * @returns whether the ticket was not good for it
   */
  passed(row: ScanRow, ticket: DoorTicket, performance: PerformanceFacts): boolean;
  /** The journal has told more of a scan. @returns as `passed` */
  learned(row: ScanRow): boolean;
  /** The journal has told what the gateways had heard of each other around a scan. */
  told(row: ScanRow): void;
  /** A moment of a gateway's clock. */
  heard(gateway: string, at: Stamp): void;
  /** All of it is on disk: shows what was found. */
  published(): void;
}

/** When a passage was, with how well its gateway knew. */
export interface PassageTime {
  readonly at: Moment;
  readonly uncertainty: number | null;
  readonly quality: Stamp['quality'];
  readonly boot: string;
  readonly mono: number;
}

/** When something happened by cloud time, as well as the gateway knows it. */
export function momentOf(at: Stamp): Moment {
  return Math.round(at.wall + (at.offset ?? 0));
}

export function passageTime(stamp: Stamp): PassageTime {
  const { quality, boot, mono, offset, uncertainty } = stamp;
  const known = offset !== null && uncertainty !== null && quality !== 'untrusted';
  return {
    at: momentOf(stamp),
    uncertainty: known ? Math.ceil(Math.abs(uncertainty)) : null,
    quality,
    boot,
    mono,
  };
}
