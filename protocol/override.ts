import type { Verdict, VerdictKey } from './verdicts/table.ts';
import { outcomeOf, verdict } from './verdicts/table.ts';

/** What a person at the door is there: scan; search, override, release; look after devices. */
export const DOOR_ROLES = ['steward', 'lead', 'technician'] as const;
export type DoorRole = (typeof DOOR_ROLES)[number];

/**
 * What a lead may set aside. Never that a code is not ours or not genuine, that the ticket is not
 * good at all, that it is open somewhere now, or that what happens could not be written down.
 */
export const OVERRIDABLE: readonly VerdictKey[] = [
  'staff',
  'already-used',
  'already-inside',
  'just-admitted',
  'expired-code',
  'code-used',
  'clock-skew',
  'stale-phone',
  'needs-connection',
  'clock-untrusted',
  'wrong-performance',
  'wrong-hall',
  'wrong-entrance',
  'too-early',
  'too-late',
  'full',
  'policy',
];

/** Somebody's word that a guest may go in. */
export interface PersonsWord {
  /** Staff id. */
  readonly by: string;
  readonly role: DoorRole;
  readonly reason: string;
}

/** Whether this person may set that verdict aside; a steward judges what `staff` asks for. */
export function mayOverride({ key, details }: Verdict, role: DoorRole): boolean {
  if (key === 'staff' && details.reason !== 'unsettled') return true;
  return role !== 'steward' && OVERRIDABLE.includes(key);
}

/** What `decide()` said, and what it becomes on a person's word. */
export function withWord(said: Verdict, { by, role, reason }: PersonsWord): Verdict {
  const admits = outcomeOf(said.key) === 'admit';
  return admits || mayOverride(said, role) ? verdict('override', { by, reason }) : said;
}
