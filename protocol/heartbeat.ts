import { z } from 'zod';
import { GatewayHealth } from './fleet-messages.ts';
import { Stamp } from './messages.ts';

const id = z.string().min(1).max(64);
const count = z.number().int().min(0);
const moment = Stamp.shape.wall.describe('milliseconds since 1970');

/** How a gateway is, told every few seconds. */
export const Heartbeat = z.object({
  beat: count,
  mono: z.number(),
  at: Stamp,
  software: z.string().max(64),
  cursor: z.number().int().nullable(),
  queue: z.object({ rows: count, settles: count }),
  health: GatewayHealth.optional(),
  peers: z
    .object({ heard: z.array(id).max(64), missing: z.array(id).max(64) })
    .optional()
    .describe('gateways of the venue that are heard, and that should be and are not'),
  disk: z
    .object({ free: count, journal: count, low: z.boolean() })
    .optional()
    .describe('bytes free, bytes of the journal; low: people should make space'),
  lanes: z.array(
    z.object({
      lane: id,
      state: z.enum(['idle', 'deciding', 'granted', 'closed', 'emergency']),
      fault: z.string().max(64).optional(),
      unrecorded: z
        .string()
        .max(64)
        .optional()
        .describe('it admits though the journal can’t be written: the error’s code'),
      skew: z
        .number()
        .optional()
        .describe('slots by which phones here are off, median of the last 20 secure codes'),
    }),
  ),
});
/** What a gateway sets its clock by, and what else it may have missed. */
export const HeartbeatAnswer = z.object({
  beat: count,
  mono: z.number().describe('as it was sent'),
  received: moment.describe('cloud clock when the beat came'),
  sent: moment.describe('cloud clock when this answer left'),
  staff: count.optional().describe('version of the venue’s staff list, if there is one'),
  accepted: z
    .boolean()
    .optional()
    .describe('false: an administrator has yet to compare the key; left out otherwise'),
});

export type Heartbeat = z.infer<typeof Heartbeat>;
export type HeartbeatAnswer = z.infer<typeof HeartbeatAnswer>;
