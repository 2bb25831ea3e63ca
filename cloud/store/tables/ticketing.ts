import type { Generated } from 'kysely';

export interface TenantTable {
  id: string;
  venue_key: Uint8Array;
}

export interface ApiTokenTable {
  /** SHA-256 of the token, hex. */
  digest: string;
  name: string;
  role: 'administrator' | 'reader';
  created: number;
}

export interface CounterTable {
  name: string;
  value: number;
}

export interface ProductionTable {
  id: string;
  title: string;
  created: number;
}

export interface PerformanceTable {
  id: string;
  production: string;
  hall: string;
  starts: number;
  ends: number | null;
  /** `null` for the usual admission window (rule P13). */
  opens: number | null;
  closes: number | null;
  secure: number;
  re_entry: number;
  capacity: number | null;
  offline: 'refuse' | 'staff' | 'verify';
  /** People per hour and gateway; `null` for no limit. */
  offline_cap: number | null;
  stale_phone: 'refuse' | 'staff' | 'admit';
  /** People inside by committed passages. */
  inside: Generated<number>;
  created: number;
}

export interface TicketTable {
  id: string;
  kind: 'regular' | 'secure';
  performance: string;
  /** Regular: 16 bytes of HMAC of the canonical text, base64url. */
  digest: string | null;
  /** Secure: 5 bytes, hex. */
  handle: string | null;
  /** Secure: the key generation that counts; 0 until a phone is bound. */
  generation: Generated<number>;
  status: 'valid' | 'unpaid' | 'blocked' | 'cancelled' | 'taken-back';
  uses: number;
  used: Generated<number>;
  /** People inside on it. */
  inside: Generated<number>;
  /** This slot and all before it are dead. */
  burnt: number | null;
  last_use_at: number | null;
  last_use_lane: string | null;
  /** JSON: scan ids of the latest commits, newest first. */
  recent_scans: Generated<string>;
  /** JSON: entrances it is good for; empty for all. */
  entrances: Generated<string>;
  /** JSON: what a lane shows beside the verdict. */
  label: Generated<string>;
  /** Where in the order of changes this row was last written. */
  change: number;
  created: number;
  /** Secure: the number whose phone shows it (S2); no gateway is told. */
  phone: Generated<string | null>;
  /** Which code of our making it has; `null` where the code is not of an order's making. */
  issue: Generated<number | null>;
  /** How it was delivered last. */
  delivered: Generated<string | null>;
  /** This row only says that a code is dead; the ticket itself is that one. */
  replaced_by: Generated<string | null>;
}

export interface TicketKeyTable {
  ticket: string;
  generation: number;
  /** Public key, DER SubjectPublicKeyInfo. */
  spki: Uint8Array;
  created: number;
  /** The ticket change that bound it. */
  change: Generated<number>;
}

export interface BeaconTable {
  /** Whole five minutes since 1970. */
  slot: number;
  value: Uint8Array;
}

export interface TicketingTables {
  tenants: TenantTable;
  api_tokens: ApiTokenTable;
  counters: CounterTable;
  productions: ProductionTable;
  performances: PerformanceTable;
  tickets: TicketTable;
  ticket_keys: TicketKeyTable;
  beacons: BeaconTable;
}
