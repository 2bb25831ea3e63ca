import type { Random } from '../ports.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Ids are random, so that none can be counted up from another. */
const TICKET_ID_BYTES = 12;
export const newTicketId = (random: Random) => hex(random(TICKET_ID_BYTES));
/**
 * Ids for the tickets of one import: one random beginning, then counted, so that they go into the
 * indexes in their order; random ones would double the time for which an import holds up scans.
 */
export function countedTicketIds(random: Random): (count: number) => string {
  const beginning = hex(random(8));
  return (count) => beginning + count.toString(16).padStart(8, '0');
}
export const newPerformanceId = (random: Random) => hex(random(8));
export const newProductionId = (random: Random) => hex(random(8));
/** What a secure code names its ticket by: 5 bytes. */
export const newHandle = (random: Random) => hex(random(5));
