import { type Moment, type PerformanceFacts, TICKET_SCANS_MAX } from '@gatehouse/protocol';
import type { DoorTicket, TicketUse } from '../ticketing/index.ts';

/** Somebody has walked through. */
export interface Passage {
  /** The scan id, where it has one. */
  readonly scan?: string | undefined;
  readonly direction: 'entry' | 'exit';
  readonly at: Moment;
  readonly lane: string;
  /** Full slot of the secure code that it was granted for. */
  readonly slot?: number | undefined;
}

/**
 * What a passage makes of a ticket. It has happened, so it always counts, whatever the ticket was
 * good for. `undefined` where nothing changes: an exit that matches no entry.
 */
export function useTicket(
  ticket: DoorTicket,
  performance: PerformanceFacts,
  passage: Passage,
): TicketUse | undefined {
  const burnt = Math.max(ticket.burnt ?? -1, passage.slot ?? -1);
  const after = { burnt: burnt < 0 ? undefined : burnt };
  if (passage.direction === 'exit') {
    if (!ticket.inside) return undefined;
    const { at, lane } = ticket.lastUse ?? passage;
    const { used, scans } = ticket;
    return { ...after, used, inside: false, at, lane, scans, people: -1 };
  }
  const returning = performance.reEntry && ticket.used > 0 && !ticket.inside;
  const latest =
    ticket.lastUse && ticket.lastUse.at > passage.at
      ? ticket.lastUse
      : { at: passage.at, lane: passage.lane };
  return {
    ...after,
    ...latest,
    used: returning ? ticket.used : ticket.used + 1,
    inside: true,
    scans: passage.scan ? [passage.scan, ...ticket.scans].slice(0, TICKET_SCANS_MAX) : ticket.scans,
    people: 1,
  };
}
