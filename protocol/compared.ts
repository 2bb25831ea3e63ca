import type { TicketStatus } from './facts.ts';

/** What of a ticket is compared between a gateway's store and the cloud. */
export interface ComparedTicket {
  readonly id: string;
  /** Digest of a regular ticket, handle of a secure one. */
  readonly name: string;
  readonly performance: string;
  readonly status: TicketStatus;
  readonly uses: number;
  readonly used: number;
  /** People inside on it. */
  readonly inside: number;
}

/** One ticket's line; a store's digest is the SHA-256 of the lines of its tickets by rising id. */
export function comparedLine(ticket: ComparedTicket): string {
  const { id, name, performance, status, uses, used, inside } = ticket;
  return `${id} ${name} ${performance} ${status} ${uses} ${used} ${inside}\n`;
}
