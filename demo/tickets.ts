import { z } from 'zod';
import type { CloudClient } from './cloud-client.ts';
import type { PerformanceView } from './door-state.ts';

const SEATS_A_ROW = 18;
const ROWS = 'ABCDEFGHJKLMNPQRSTUV';
const DOORS = ['1', '2'];

/** Where a guest sits; the words a lane shows. */
export interface Seat {
  readonly rank: string;
  readonly door: string;
  readonly row: string;
  readonly seat: string;
}

/** The n-th seat that the demonstration gives out; after the last one it begins again. */
export function seatOf(count: number, language: 'nl' | 'en'): Seat {
  const seat = count % SEATS_A_ROW;
  const row = Math.floor(count / SEATS_A_ROW) % ROWS.length;
  const stalls = language === 'nl' ? 'Parterre' : 'Stalls';
  const circle = language === 'nl' ? 'Balkon' : 'Circle';
  return {
    rank: row < ROWS.length / 2 ? stalls : circle,
    door: DOORS[seat < SEATS_A_ROW / 2 ? 0 : 1] ?? '1',
    row: ROWS[row] ?? 'A',
    seat: String(seat + 1),
  };
}

const made = z.object({ id: z.string(), code: z.string().optional() });
const bound = z.object({
  tenant: z.string(),
  handle: z.string().regex(/^[0-9a-f]{10}$/),
  generation: z.int().min(0).max(255),
});
const beacon = z.object({
  index: z.int(),
  value: z.string().regex(/^[0-9a-f]{32}$/),
  from: z.number(),
  until: z.number(),
  now: z.number(),
});

/** A ticket as the door page gets it; `code` only for paper. */
export interface NewTicket extends Seat {
  readonly id: string;
  readonly performance: string;
  readonly title: string;
  readonly hall: string;
  readonly starts: number;
  readonly code?: string | undefined;
}

/** Sells a ticket for a performance over the cloud's API. */
export async function newTicket(
  cloud: CloudClient,
  performance: PerformanceView,
  seat: Seat,
): Promise<NewTicket> {
  const path = `/api/v1/performances/${performance.id}/tickets`;
  const { id, code } = await cloud.call('POST', path, made, { type: 'standard', ...seat });
  const { title, hall, starts } = performance;
  return { id, performance: performance.id, title, hall, starts, code, ...seat };
}

/** Binds a phone's public key to a secure ticket. */
export function bindKey(cloud: CloudClient, ticket: string, publicKey: string) {
  const path = `/api/v1/tickets/${encodeURIComponent(ticket)}/key`;
  return cloud.call('POST', path, bound, { publicKey });
}

/** The beacon that phones sign now. */
export function currentBeacon(cloud: CloudClient) {
  return cloud.call('GET', '/api/v1/beacon', beacon);
}
