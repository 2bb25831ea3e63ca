import type { Generated } from 'kysely';

/** A phone that has logged in to the portal. */
export interface PortalSessionTable {
  /** SHA-256 of what the cookie holds, hex. */
  digest: string;
  /** E.164. */
  phone: string;
  /** Public key of the phone, DER SubjectPublicKeyInfo. */
  spki: Uint8Array;
  /** How many keys it has brought. */
  keys: Generated<number>;
  created: number;
  expires: number;
  /** When another phone took the number's tickets over. */
  taken_over: number | null;
}

export interface PortalTables {
  portal_sessions: PortalSessionTable;
}
