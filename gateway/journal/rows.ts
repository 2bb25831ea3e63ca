import { createHash } from 'node:crypto';
import type { JournalBody, JournalRow, Verdict } from '@gatehouse/protocol';
import { sealedText } from '@gatehouse/protocol/journal-digest';
import type { EarlierAdmission } from '../admission/index.ts';

/** A row with its place in the journal. */
export interface PlacedRow extends JournalRow {
  readonly epoch: string;
}

/** A grant whose result never reached the disk: somebody may have passed on it. */
export type Unsettled = Extract<JournalBody, { kind: 'intent' }> & {
  /** An earlier start has found and written it already. */
  readonly isWritten: boolean;
};

/** A passage of a run before this one. */
export type RecoveredPassage = Extract<JournalBody, { kind: 'result' }> & {
  /** What the lane had said, where its intent is still there. */
  readonly verdict?: Verdict['key'] | undefined;
  /** The cloud has stored the row. */
  readonly stored: boolean;
};

/** What a restart finds in the journal of the runs before it. */
export interface Recovered {
  /** Latest wall time of any row, 0 for an empty journal. */
  readonly lastWall: number;
  readonly unsettled: readonly Unsettled[];
  /** Commits of the rows still kept, oldest first. */
  readonly passed: readonly RecoveredPassage[];
  /** Admissions without the cloud in the last hour of the runs' own time, none given back. */
  readonly offline: readonly EarlierAdmission[];
  /** Why the file was moved aside and begun anew. */
  readonly damage?: string | undefined;
}

export interface JournalOptions {
  readonly file: string;
  readonly epoch: string;
  /** Whose journal this is; one of another owner is moved aside unread. */
  readonly owner?: string;
  /** The file never grows beyond this. */
  readonly bytesMax?: number;
}

export function digestOf(previous: string, body: string): string {
  return createHash('sha256').update(sealedText(previous, body)).digest('hex');
}

/** Messages between the journal and its writer. */
export type ToWriter =
  | { do: 'open'; options: JournalOptions }
  | { do: 'append'; id: number; body: string; wall: number }
  | { do: 'unstored'; id: number; limit: number }
  | { do: 'stored'; epoch: string; upTo: number }
  | { do: 'prune'; before: number; keep: readonly string[] }
  | { do: 'close'; id: number };

export type FromWriter =
  | { did: 'open'; recovered: Recovered; waiting: number }
  | { did: 'append'; ids: number[]; firstSeq: number; waiting: number }
  | { did: 'stored'; epoch: string; upTo: number; waiting: number }
  | { did: 'unstored'; id: number; rows: PlacedRow[] }
  | { did: 'close'; id: number }
  | { did: 'failed'; ids: number[]; code: 'journal-disk-full' | 'journal-failed'; fault: string }
  | { did: 'unsafe'; pragma: string; wanted: string; found: string };
