import { outcomeOf, VERDICT_KEYS, type VerdictKey } from '@gatehouse/protocol/verdicts';
import type { Admissions, Scan } from './api.ts';

/** Scans shown at most. */
export const MAX_SCANS = 60;
const MINUTE = 60_000;

/** The list with a scan that is new, or that has got its result; newest first. */
export function withScan(scans: readonly Scan[], scan: Scan): Scan[] {
  const others = scans.filter((old) => old.scanId !== scan.scanId || old.gateway !== scan.gateway);
  return [scan, ...others].sort((a, b) => b.at - a.at).slice(0, MAX_SCANS);
}

/** Entries per minute and lane, with a value for each minute, ready to draw. */
export interface Series {
  /** Whole minutes, seconds since 1970. */
  readonly minutes: readonly number[];
  readonly lanes: readonly { readonly name: string; readonly entries: readonly number[] }[];
}

/** Fills the minutes in which nobody came with zeros. */
export function seriesOf(
  answer: Admissions,
  span: number,
  nameOf: (gateway: string, lane: string) => string,
): Series {
  const last = Math.floor(answer.now / MINUTE);
  const first = last - span + 1;
  const lanes = new Map<string, number[]>();
  for (const { minute, gateway, lane, entries } of answer.admissions) {
    const at = Math.floor(minute / MINUTE) - first;
    if (at < 0 || at >= span) continue;
    const name = nameOf(gateway, lane);
    const row = lanes.get(name) ?? new Array<number>(span).fill(0);
    row[at] = (row[at] ?? 0) + entries;
    lanes.set(name, row);
  }
  if (lanes.size === 0) lanes.set('–', new Array<number>(span).fill(0));
  return {
    minutes: Array.from({ length: span }, (_, i) => (first + i) * 60),
    lanes: [...lanes].map(([name, entries]) => ({ name, entries })),
  };
}

/** A verdict key of the cloud as one we know; `undefined` for none or a newer one. */
export function knownVerdict(key: string | null): VerdictKey | undefined {
  return VERDICT_KEYS.find((known) => known === key);
}

/** How a scan looks in the list. */
export function toneOf(scan: Scan): 'good' | 'bad' | 'warn' {
  const key = knownVerdict(scan.verdict);
  if (!key) return 'warn';
  const outcome = outcomeOf(key);
  return outcome === 'admit' ? 'good' : outcome === 'refuse' ? 'bad' : 'warn';
}

/** Words of a ticket's or seat's label, empty parts left out. */
export function placeOf(label: Readonly<Record<string, string | undefined>>): string {
  return [label.rank, label.door, label.row, label.seat].filter(Boolean).join(' · ');
}

/** The media type that an import of this file takes. */
export function importType(name: string): 'text/csv' | 'application/x-ndjson' {
  return /\.csv$/i.test(name) ? 'text/csv' : 'application/x-ndjson';
}

/** One fault of an import; `column` is missing where the whole row is meant. */
export interface ImportFault {
  readonly row: number;
  readonly column?: string | undefined;
  readonly fault: string;
}

/** The faults that the cloud names when it refuses an import. */
export function importFaults(details: Readonly<Record<string, unknown>>): ImportFault[] {
  const { faults } = details;
  if (!Array.isArray(faults)) return [];
  return faults.flatMap((one: unknown) => {
    const { row, column, fault } = (one ?? {}) as Record<string, unknown>;
    if (typeof row !== 'number' || typeof fault !== 'string') return [];
    return [{ row, column: typeof column === 'string' ? column : undefined, fault }];
  });
}
