import type { GatewayEvent } from '@gatehouse/gateway';

export type Row = Extract<GatewayEvent, { type: 'journal' }>;

/** What somebody at the door saw, who looks into no file of ours. */
export interface Observer {
  /** Codes that were typed, by ticket. */
  readonly typed: Seen[];
  /** The turnstile came free after this ticket was read. */
  readonly unlocked: Seen[];
  /** Somebody walked through with this ticket. */
  readonly passed: Seen[];
  /** Rows of the journal that the gateway told its screens. */
  readonly rows: Row[];
}

export interface Seen {
  readonly lane: string;
  readonly ticket: string;
}

export function observer(): Observer {
  return { typed: [], unlocked: [], passed: [], rows: [] };
}

/** How often each ticket was seen, by ticket. */
export function byTicket(seen: readonly Seen[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { ticket } of seen) counts.set(ticket, (counts.get(ticket) ?? 0) + 1);
  return counts;
}
