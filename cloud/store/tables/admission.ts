import type { Generated } from 'kysely';

/** How a scan ended. */
export type ScanResult = 'passed' | 'late' | 'released' | 'cancelled' | 'unsettled';

export interface ScanTable {
  n: Generated<number>;
  gateway: string;
  /** The gateway's scan id, or epoch and sequence of a journal row that has none. */
  scan: string;
  lane: string;
  direction: 'entry' | 'exit';
  performance: string | null;
  ticket: string | null;
  decided_by: 'cloud' | 'gateway' | 'staff';
  /** `null` while only the passage is known and the journal row is still on its way. */
  verdict: string | null;
  details: Generated<string>;
  /** JSON of the answer that was given, for a repeated request. */
  answer: string | null;
  slot: number | null;
  at: number;
  result: ScanResult | null;
  result_at: number | null;
  /** 1 where a passage was committed that the ticket was not good for. */
  conflict: Generated<number>;
  /** When the cloud heard of it, by its own clock. */
  received: Generated<number>;
  /** The ticket change that whoever decided knew; `null` while that is not known. */
  cursor: number | null;
  /** The ticket change that the passage made. */
  change: number | null;
  /** Key generation of the secure code. */
  generation: number | null;
  /** ± ms of `result_at`; with it, how far the gateway's clock could be trusted. */
  uncertainty: number | null;
  quality: 'trusted' | 'plausible' | 'untrusted' | null;
  /** Start of the gateway and milliseconds on its monotonic clock, at the passage. */
  boot: string | null;
  mono: number | null;
  /** 1 where not every gateway of the venue was heard when it was decided. */
  split: Generated<number>;
  /** 1 where the ticket's home gateway did not answer in time. */
  unconfirmed: Generated<number>;
  /** JSON: by gateway, the last row (epoch, sequence) of its journal that was known. */
  heard: string | null;
  /** The row of the gateway's journal that says that somebody passed. */
  epoch: string | null;
  seq: number | null;
}

export interface GrantTable {
  gateway: string;
  scan: string;
  lane: string;
  direction: 'entry' | 'exit';
  ticket: string;
  performance: string;
  slot: number | null;
  passage_ms: number;
  /** Cloud time. */
  granted: number;
  /** Its holder has said that it does not know how it ended. */
  unsettled: Generated<number>;
}

export interface ScanFactTable {
  gateway: string;
  scan: string;
  kind: 'passed' | 'released' | 'cancel';
  at: number;
  /** Cloud time. */
  received: Generated<number>;
}

export interface JournalTable {
  gateway: string;
  epoch: string;
  seq: number;
  digest: string;
  previous: string;
  body: string;
  received: number;
  /** Why it was set aside: `fork`, `unreadable`, `broken-seal`, `broken-chain`. */
  parked: string | null;
}

export interface JournalHeadTable {
  gateway: string;
  epoch: string;
  up_to: number;
  digest: string;
  /** Rows up to here were stored; those that may go have been pruned. */
  pruned_to: Generated<number>;
  /** In which order heads have moved; the newest has the largest number. */
  moved: Generated<number>;
}

export interface AdmissionTables {
  scans: ScanTable;
  grants: GrantTable;
  scan_facts: ScanFactTable;
  journal: JournalTable;
  journal_heads: JournalHeadTable;
}
