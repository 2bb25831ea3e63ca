import { z } from 'zod';

/** Seats of one hall at most. */
export const SEATS_MAX = 20_000;
const RANKS_MAX = 50;

const name = z.string().trim().min(1).max(200);
const short = z.string().trim().min(1).max(20);

export const Rank = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  name: z.string().trim().min(1).max(100),
});

export const NewSeat = z.strictObject({
  rank: Rank.shape.id,
  row: short,
  number: short,
  line: z.number().int().min(0).max(1_000).describe('counted from the front'),
  place: z
    .number()
    .int()
    .min(0)
    .max(1_000)
    .describe('along the line; neighbours differ by 1, a missing one is an aisle'),
  wheelchair: z.boolean().default(false),
  companion: z.boolean().default(false).describe('kept for who comes along with a wheelchair'),
  door: z.string().max(100).nullable().default(null),
});

const ranks = z.array(Rank).max(RANKS_MAX).describe('the best first');
const seats = z.array(NewSeat).max(SEATS_MAX);

/** Where people sit in a hall. */
export interface HallPlan {
  readonly ranks: readonly z.infer<typeof Rank>[];
  readonly seats: readonly PlannedSeat[];
}
export type PlannedSeat = z.infer<typeof NewSeat>;

const knowsRanks = {
  path: ['seats'],
  message: 'a seat names a rank that the hall does not have',
};
const hasRanks = (plan: HallPlan) => {
  const known = new Set(plan.ranks.map(({ id }) => id));
  return plan.seats.every(({ rank }) => known.has(rank));
};

/** A hall with its seats; one without seats is for free seating. */
export const NewHall = z
  .strictObject({ name, ranks: ranks.default([]), seats: seats.default([]) })
  .refine(hasRanks, knowsRanks);

/** What changes of a hall: its name, or all its ranks and seats. */
export const HallChange = z.strictObject({
  name: name.optional(),
  plan: z
    .strictObject({ ranks, seats })
    .refine(hasRanks, knowsRanks)
    .optional()
    .describe('all ranks and seats; one with the same row and number is the same seat'),
});

export interface Seat {
  readonly id: string;
  readonly rank: string;
  readonly row: string;
  readonly number: string;
  readonly line: number;
  readonly place: number;
  readonly wheelchair: boolean;
  readonly companion: boolean;
  readonly door: string | null;
}

export interface Hall {
  readonly id: string;
  readonly name: string;
  readonly ranks: readonly z.infer<typeof Rank>[];
  readonly seats: readonly Seat[];
}
