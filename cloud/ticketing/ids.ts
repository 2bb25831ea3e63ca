import type { Random } from '../ports.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Ids are random, so that none can be counted up from another. */
const TICKET_ID_BYTES = 12;
export const newTicketId = (random: Random) => hex(random(TICKET_ID_BYTES));
export function newTicketIds(random: Random, count: number): string[] {
  const bytes = random(TICKET_ID_BYTES * count);
  return Array.from({ length: count }, (_, at) =>
    hex(bytes.subarray(at * TICKET_ID_BYTES, (at + 1) * TICKET_ID_BYTES)),
  );
}
export const newPerformanceId = (random: Random) => hex(random(8));
export const newProductionId = (random: Random) => hex(random(8));
/** What a secure code names its ticket by: 5 bytes. */
export const newHandle = (random: Random) => hex(random(5));
