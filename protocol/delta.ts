import { z } from 'zod';
import { BEACON_ROWS_MAX, BeaconRow, PerformanceRow, SecureRow, TicketRow } from './messages.ts';

/** What a delta's signature covers stands behind this, so that it can be taken for nothing else. */
export const DELTA_CONTEXT = 'gatehouse/delta/1';
/** Ticket rows of one delta; a larger change is only told, and asked for page by page. */
export const DELTA_ROWS_MAX = 500;
/** Gateways of one venue. */
export const MEMBERS_MAX = 64;

const gateway = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);
const id = z.string().min(1).max(64);
const cursor = z.number().int().min(0);

/** One gateway that belongs to a venue: who is not on the list is shut out. */
export const Member = z.object({
  gateway,
  name: z.string().max(100),
  entrance: id,
  active: z.boolean().describe('the cloud has heard it within the last 12 hours'),
});
export type Member = z.infer<typeof Member>;

/**
 * What changed in the cloud from one change to another, for all gateways of a venue. Whoever is at
 * `from` or later, and before `cursor`, is at `cursor` once he has taken it in.
 */
export const DeltaBody = z.object({
  tenant: id,
  venue: id,
  from: cursor,
  cursor: cursor.describe('rises with every delta of the venue'),
  performances: z.array(PerformanceRow).describe('all of the venue’s'),
  tickets: z.array(TicketRow),
  secure: z.array(SecureRow),
  beacons: z.array(BeaconRow).max(BEACON_ROWS_MAX),
  members: z.array(Member).max(MEMBERS_MAX),
});
export type DeltaBody = z.infer<typeof DeltaBody>;

/** A delta as it passes from the cloud to gateways and from gateway to gateway, word for word. */
export const Delta = z.object({
  body: z.string().max(1_000_000).describe('JSON text of a DeltaBody'),
  signature: z
    .base64()
    .length(88)
    .describe('Ed25519 by the tenant’s key over DELTA_CONTEXT + "\\n" + body'),
});
export type Delta = z.infer<typeof Delta>;

/** The text that a delta's signature is over. */
export function signedDeltaText(body: string): string {
  return `${DELTA_CONTEXT}\n${body}`;
}
