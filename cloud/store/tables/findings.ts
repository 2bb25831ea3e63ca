/** Rows of a gateway's journal that its disk has lost, by its own word. */
export interface JournalGapTable {
  gateway: string;
  epoch: string;
  from_seq: number;
  to_seq: number;
  /** `missing` or `broken-seal`. */
  why: string;
  /** When the gateway found out, by cloud time as well as it knew. */
  at: number;
  received: number;
}

/** From when to when one start of a gateway has written rows, by rows whose time is trusted. */
export interface JournalSpanTable {
  gateway: string;
  epoch: string;
  first_at: number;
  last_at: number;
}

/** Two machines that go by one identity. */
export interface GatewayCloneTable {
  gateway: string;
  /** The two starts: epochs of journals, or boots in heartbeats. */
  one: string;
  other: string;
  evidence: 'journal' | 'heartbeat';
  /** Cloud time of the first and the latest sign. */
  found: number;
  latest: number;
}

export interface FindingTables {
  journal_gaps: JournalGapTable;
  journal_spans: JournalSpanTable;
  gateway_clones: GatewayCloneTable;
}
