import { createHash } from 'node:crypto';
import { type JournalBody, type JournalRow, sealedText } from '@gatehouse/protocol';

/** A row with its place in the journal. */
export interface PlacedRow extends JournalRow {
  readonly epoch: string;
}

/** An intent whose result never reached the disk: somebody may have passed on it. */
export type Unsettled = Extract<JournalBody, { kind: 'intent' }>;

/** What a restart finds in the journal of the runs before it. */
export interface Recovered {
  /** Latest wall time of any row, 0 for an empty journal. */
  readonly lastWall: number;
  readonly unsettled: readonly Unsettled[];
  /** Commits of the rows still kept, oldest first. */
  readonly passed: readonly Extract<JournalBody, { kind: 'result' }>[];
}

export function digestOf(previous: string, body: string): string {
  return createHash('sha256').update(sealedText(previous, body)).digest('hex');
}

/** Messages between the journal and its writer. */
export type ToWriter =
  | { do: 'open'; file: string; epoch: string }
  | { do: 'append'; id: number; body: string }
  | { do: 'unstored'; id: number; limit: number }
  | { do: 'stored'; epoch: string; upTo: number }
  | { do: 'prune'; before: number }
  | { do: 'close'; id: number };

export type FromWriter =
  | { did: 'open'; recovered: Recovered; waiting: number }
  | { did: 'append'; ids: number[]; firstSeq: number; waiting: number }
  | { did: 'stored'; epoch: string; upTo: number; waiting: number }
  | { did: 'unstored'; id: number; rows: PlacedRow[] }
  | { did: 'close'; id: number }
  | { did: 'failed'; ids: number[]; code: 'journal-disk-full' | 'journal-failed'; fault: string }
  | { did: 'unsafe'; pragma: string; wanted: string; found: string };
