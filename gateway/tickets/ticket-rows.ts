import { createHash } from 'node:crypto';
import {
  COMPARED_ROWS_MAX,
  comparedLine,
  type Member,
  type PerformanceRow,
  type SecureRow,
  type TicketLabel,
  type TicketRow,
  type TicketsRequest,
} from '@gatehouse/protocol';
import type { LocalPassage } from './passages.ts';

/** A ticket with what has happened to it, this gateway's own news folded in. */
export interface StoredTicket {
  /** Of a secure ticket the handle stands for the digest. */
  readonly row: TicketRow;
  /** Only of a secure ticket. */
  readonly secure?: Secure | undefined;
  readonly performance: PerformanceRow | undefined;
  readonly used: number;
  /** People inside on it. */
  readonly inside: number;
  readonly lastUse?: { readonly at: number; readonly lane: string } | undefined;
}

/** What a gateway has to know of a secure ticket to prove its codes. */
export interface Secure {
  readonly generation: number;
  /** Public key of that generation, base64 of its SPKI; none until a phone is bound. */
  readonly key?: string | undefined;
  /** This slot and all before it are dead. */
  readonly burnt?: number | undefined;
}

/** The gateways of the venue, and the change by which the cloud said so. */
export interface KnownMembers {
  readonly cursor: number;
  readonly gateways: readonly Member[];
}

/** What a gateway lets into a performance by itself (gateway/admission/capacity.ts). */
export interface CapacityShare {
  readonly performance: string;
  /** People inside when the gateway lost touch with the others. */
  readonly inside: number;
  /** How many more it may let in. */
  readonly share: number;
}

/** What other parts keep in the file. */
export interface Kept {
  readonly members: KnownMembers;
  readonly shares: readonly CapacityShare[];
}

/** A row of the file. */
export interface TicketRecord {
  /** Digest, or handle of a secure ticket; the two differ in length. */
  readonly name: string;
  readonly id: string;
  readonly performance: string;
  readonly status: TicketRow['status'];
  readonly uses: number;
  readonly used: number;
  /** People. */
  readonly inside: number;
  readonly detail: string | null;
}

/** What a row keeps as JSON. */
export interface Detail {
  readonly entrances?: string[];
  readonly lastUse?: { at: number; lane: string };
  readonly scans?: string[];
  readonly label?: TicketLabel;
  readonly secure?: Secure;
}

/** The name a row is stored under, and all else of it. */
export function named(ticket: TicketRow | SecureRow) {
  if ('digest' in ticket) {
    const { digest: name, ...rest } = ticket;
    return { name, rest };
  }
  const { handle: name, generation, key, burnt, ...rest } = ticket;
  return { name, rest: { ...rest, secure: { generation, key, burnt } } };
}

export function lastSlot(burnt: number | undefined, passages: readonly LocalPassage[]) {
  const slots = passages.flatMap(({ slot }) => slot ?? []);
  return slots.length === 0 ? burnt : Math.max(burnt ?? 0, ...slots);
}

/** Rows by rising id as they are compared with the cloud's. */
export function sliceOf(
  after: string,
  rows: readonly TicketRecord[],
): NonNullable<TicketsRequest['compare']> {
  const hash = createHash('sha256');
  for (const row of rows) hash.update(comparedLine(row));
  const isLast = rows.length < COMPARED_ROWS_MAX;
  const upTo = isLast ? null : (rows.at(-1)?.id ?? null);
  return { after, upTo, count: rows.length, digest: hash.digest('hex') };
}
