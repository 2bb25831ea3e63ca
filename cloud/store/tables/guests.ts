import type { Generated } from 'kysely';

export interface AccountTable {
  id: string;
  tenant: string;
  /** In lower case; it has been proved, or there would be no account. */
  email: string;
  name: string | null;
  language: string;
  /** Null for a guest who logs in by mail only. */
  password: string | null;
  /** E.164; verified only where `phone_verified` says since when. */
  phone: string | null;
  phone_verified: number | null;
  /** Numbers from before this moment no longer count for the limit. */
  phone_limit_lifted: number | null;
  created: number;
}

export interface AccountPhoneTable {
  account: string;
  number: Uint8Array;
  asked: number;
  verified: number | null;
}

export interface AccountLinkTable {
  /** SHA-256 of the link's secret, hex. */
  digest: string;
  tenant: string;
  purpose: 'login' | 'register' | 'password' | 'email';
  email: string;
  /** Only of a change of address: whose. */
  account: string | null;
  /** SHA-256 of the cookie of the browser that asked. */
  browser: string;
  /** Only of a registration: the hash of the password that was chosen. */
  password: string | null;
  language: string;
  created: number;
  expires: number;
  used: number | null;
}

export interface SessionTable {
  /** SHA-256 of what the cookie holds, hex. */
  digest: string;
  tenant: string;
  kind: 'guest' | 'staff';
  subject: string;
  means: 'password' | 'link' | 'totp';
  /** Browser and system in a few words, for the list of one's sessions. */
  agent: string;
  created: number;
  seen: number;
  /** When it was last proved who it is. */
  authenticated: number;
  expires: number;
}

export interface LoginFailureTable {
  tenant: string;
  kind: string;
  subject: string;
  failures: number;
  at: number;
}

export interface StaffAccountTable {
  id: string;
  tenant: string;
  login: string;
  name: string;
  /** JSON. */
  roles: string;
  state: 'invited' | 'active' | 'disabled';
  password: string | null;
  /** Sealed by the box of staff accounts. */
  totp_secret: string;
  /** The newest step whose code was used. */
  totp_step: Generated<number>;
  /** SHA-256 of the invitation, hex. */
  invitation: string | null;
  invitation_expires: number | null;
  created: number;
}

export interface StaffRecoveryCodeTable {
  staff: string;
  digest: string;
  used: number | null;
}

export interface AuditTable {
  n: Generated<number>;
  tenant: string;
  at: number;
  /** `staff:<id>`, `token:<name>`, `guest:<id>` or `system`. */
  who: string;
  who_name: string;
  what: string;
  subject: string | null;
  /** JSON. */
  details: string;
}

export interface GuestTables {
  accounts: AccountTable;
  account_phones: AccountPhoneTable;
  account_links: AccountLinkTable;
  sessions: SessionTable;
  login_failures: LoginFailureTable;
  staff_accounts: StaffAccountTable;
  staff_recovery_codes: StaffRecoveryCodeTable;
  audit: AuditTable;
}
