import { z } from 'zod';
import { TicketLabel } from './messages.ts';
import { DOOR_ROLES } from './override.ts';

/** People on one venue's staff list. */
export const DOOR_STAFF_MAX = 1_000;
/** Handhelds that the cloud has a gateway unpair, named in one list. */
export const UNPAIRED_MAX = 200;
export const SEARCH_FOUND_MAX = 20;

const id = z.string().min(1).max(64);
const count = z.number().int().min(0);

/** One person who may work at the venue's doors. */
export const DoorPerson = z.object({
  staff: id,
  name: z.string().max(60),
  code: z.string().min(1).max(32).describe('what the person types; compared without case'),
  pin: z
    .string()
    .max(200)
    .regex(/^\$scrypt\$/)
    .describe('scrypt of the PIN, as $scrypt$ln=15,r=8,p=1$salt$key'),
  role: z.enum(DOOR_ROLES),
});
export type DoorPerson = z.infer<typeof DoorPerson>;

/** Gateway asks for the staff list, at every session’s begin and when a beat names a newer one. */
export const StaffRequest = z.object({ version: count.nullable().describe('the one it has') });

/** The venue’s staff list, whole; kept by the gateway until a newer one comes. */
export const StaffList = z.object({
  version: count.describe('rises with every change'),
  venue: id,
  staff: z.array(DoorPerson).max(DOOR_STAFF_MAX),
  unpaired: z.array(id).max(UNPAIRED_MAX).describe('handhelds that are lost: let none of them in'),
});
export type StaffList = z.infer<typeof StaffList>;

/** Gateway asks for tickets by a guest’s name or an order’s number, for a lead at the door. */
export const SearchQuestion = z.object({
  requestId: z.uuid(),
  words: z.string().min(2).max(100),
  limit: z.number().int().min(1).max(SEARCH_FOUND_MAX),
});
export const FoundTicket = z.object({
  ticket: id,
  holder: z.string().max(200).optional(),
  order: z.string().max(40).optional(),
  performance: id,
  kind: z.enum(['regular', 'secure']),
  status: z.enum(['valid', 'unpaid', 'blocked', 'cancelled', 'taken-back']),
  uses: z.number().int().min(1),
  used: count,
  inside: z.boolean(),
  label: TicketLabel.optional(),
});
export const SearchAnswer = z.object({
  requestId: z.uuid(),
  found: z.array(FoundTicket).max(SEARCH_FOUND_MAX),
  more: z.boolean(),
});
export type FoundTicket = z.infer<typeof FoundTicket>;
export type SearchAnswer = z.infer<typeof SearchAnswer>;
