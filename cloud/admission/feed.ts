import type { Moment } from '@gatehouse/protocol';
import type { ScanResult } from '../store/index.ts';
import type { ScanRow } from './scan-store.ts';

/** Listeners at once at most. */
export const SUBSCRIBERS_MAX = 100;

/** A scan as the API gives it: once when it is answered, again when its result is known. */
export interface Scan {
  /** Counts up; a scan keeps its number when its result comes. */
  readonly n: number;
  readonly gateway: string;
  readonly scanId: string;
  readonly lane: string;
  readonly direction: 'entry' | 'exit';
  readonly performance: string | null;
  readonly ticket: string | null;
  readonly decidedBy: 'cloud' | 'gateway' | 'staff';
  /** `null` while only the passage is known. */
  readonly verdict: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly at: Moment;
  readonly result: ScanResult | null;
  readonly resultAt: Moment | null;
  readonly conflict: boolean;
  /** Made while not every gateway of the venue was heard. */
  readonly split: boolean;
  /** Made without the word of the ticket's home gateway. */
  readonly unconfirmed: boolean;
}

export function scanOf(row: ScanRow): Scan {
  return {
    n: row.n,
    gateway: row.gateway,
    scanId: row.scan,
    lane: row.lane,
    direction: row.direction,
    performance: row.performance,
    ticket: row.ticket,
    decidedBy: row.decided_by,
    verdict: row.verdict,
    details: JSON.parse(row.details),
    at: row.at,
    result: row.result,
    resultAt: row.result_at,
    conflict: row.conflict === 1,
    split: row.split === 1,
    unconfirmed: row.unconfirmed === 1,
  };
}

/** News as it becomes durable. */
export interface Feed<T> {
  /** Gives the way to stop listening; `undefined` when there are too many listeners already. */
  subscribe(listener: (item: T) => void): (() => void) | undefined;
  /** Makes the news only where somebody listens. */
  publish(make: () => readonly T[]): void;
}

export function createFeed<T>(): Feed<T> {
  const listeners = new Set<(item: T) => void>();
  return {
    subscribe(listener) {
      if (listeners.size >= SUBSCRIBERS_MAX) return undefined;
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    publish(make) {
      if (listeners.size === 0) return;
      for (const item of make()) for (const listener of listeners) listener(item);
    },
  };
}
