import { createHash } from 'node:crypto';
import type { JournalBody, JournalGap, JournalRow, Verdict } from '@gatehouse/protocol';
import { sealedText } from '@gatehouse/protocol/journal-digest';
import type { EarlierAdmission } from '../admission/index.ts';

/** A row with its place in the journal. */
export interface PlacedRow extends JournalRow {
  readonly epoch: string;
}

/** What a journal still has of one epoch; pruned rows and lost ones may be missing between. */
export interface KeptEpoch {
  readonly epoch: string;
  readonly first: number;
  readonly last: number;
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
  /** Rows that the damage took, as far as that can be told, and the cloud may not have. */
  readonly gaps?: readonly JournalGap[] | undefined;
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

/** The newest row of this run that others know to be on disk: nothing is put in its place. */
export interface Told {
  readonly seq: number;
  readonly digest: string;
}

/** A row without its body, which whoever asked still has. */
export type Place = Omit<PlacedRow, 'body' | 'epoch'>;

/** Messages between the journal and its writer. */
export type ToWriter =
  | { do: 'open'; options: JournalOptions; told: Told }
  | { do: 'append'; id: number; body: string; wall: number }
  | { do: 'unstored'; id: number; limit: number; but: readonly string[] }
  | { do: 'rows-after'; id: number; epoch: string; seq: number; limit: number }
  | { do: 'epochs'; id: number }
  | { do: 'used'; id: number }
  | { do: 'stored'; epoch: string; upTo: number }
  | { do: 'prune'; before: number; keep: readonly string[] }
  | { do: 'close'; id: number };

export type FromWriter =
  /** @param untold rows that a writer before this one brought to disk and died over */
  | { did: 'open'; recovered: Recovered; waiting: number; untold: PlacedRow[] }
  | { did: 'append'; ids: number[]; places: Place[]; waiting: number }
  | { did: 'stored'; epoch: string; upTo: number; waiting: number }
  | { did: 'rows'; id: number; rows: PlacedRow[] }
  | { did: 'epochs'; id: number; epochs: KeptEpoch[] }
  | { did: 'used'; id: number; bytes: number }
  | { did: 'close'; id: number }
  | { did: 'failed'; ids: number[]; code: 'journal-disk-full' | 'journal-failed'; fault: string }
  | { did: 'unsafe'; pragma: string; wanted: string; found: string };
