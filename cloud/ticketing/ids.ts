import type { Random } from '../ports.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Ids are random, so that none can be counted up from another. */
export const newTicketId = (random: Random) => hex(random(12));
export const newPerformanceId = (random: Random) => hex(random(8));
export const newProductionId = (random: Random) => hex(random(8));
/** What a secure code names its ticket by: 5 bytes. */
export const newHandle = (random: Random) => hex(random(5));
