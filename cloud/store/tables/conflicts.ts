import type { Generated } from 'kysely';

/** Two passages on one use, or a passage of a ticket that did not count any more. */
export interface ConflictTable {
  id: Generated<number>;
  matter: 'double' | 'revoked';
  ticket: string;
  performance: string;
  /** The passage that brought it to light. */
  gateway: string;
  scan: string;
  /** `double`: the passage it collides with. */
  other_gateway: string | null;
  other_scan: string | null;
  /** `revoked`: what stood against the ticket, since when, and by which ticket change. */
  hold: string | null;
  hold_at: number | null;
  hold_change: number | null;
  /** Cloud time. */
  found: number;
  /** 1 where a later record showed that nothing was wrong. */
  explained: Generated<number>;
  note: string | null;
  /** Name of the API token. */
  handled_by: string | null;
  handled_at: number | null;
}

/** Every change of a ticket's status; a ticket without rows has kept its first one. */
export interface TicketStatusTable {
  ticket: string;
  change: number;
  at: number;
  before: string;
  after: string;
}

/** Cloud time at one moment of a gateway's monotonic clock, once it was known. */
export interface GatewayBootTable {
  gateway: string;
  boot: string;
  mono: number;
  at: number;
  uncertainty: number;
}

export interface ConflictTables {
  conflicts: ConflictTable;
  ticket_statuses: TicketStatusTable;
  gateway_boots: GatewayBootTable;
}
