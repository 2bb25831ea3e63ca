import { z } from 'zod';
import { Delta } from './delta.ts';
import { JOURNAL_BATCH_ROWS_MAX, JournalRow } from './messages.ts';

/** Version of what gateways of one venue say to each other; both ends must have the same. */
export const PEER_VERSION = 1;
/** Bytes of one message between gateways. */
export const PEER_BYTES_MAX = 4 * 1024 * 1024;
/** Epochs of one gateway that another keeps apart; older ones are the cloud's matter. */
export const EPOCHS_MAX = 32;
/** Passages of one ticket that an answer carries. */
export const PASSAGES_MAX = 64;
/** Deltas sent for one question. */
export const DELTAS_AT_ONCE_MAX = 20;

const id = z.string().min(1).max(64);
const gateway = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);
const scanId = z.uuid();
const count = z.number().int().min(0);
const direction = z.enum(['entry', 'exit']);
const cursor = z.number().int().min(0).nullable();

/** A place in a journal: all rows of the epoch up to and with this one. */
export const JournalPlace = z.object({ epoch: id, seq: count });
export type JournalPlace = z.infer<typeof JournalPlace>;

/** A grant that is open somewhere in the venue. */
export const PeerGrant = z.object({ gateway, lane: id, scanId, unsettled: z.boolean() });

/** A passage, with the place in its gateway's journal if it has come from there. */
export const PeerPassage = z.object({
  scanId,
  ticket: id,
  performance: id.optional(),
  direction,
  lane: id,
  at: count,
  counts: z.boolean().describe('false for a re-entry, which takes no use'),
  slot: count.optional(),
  gateway: gateway.optional(),
  epoch: id.optional(),
  seq: count.optional(),
});

/**
 * Everything that gateways of one venue say to each other. `hello` is the first of a session, from
 * both ends.
 */
export const PeerMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    version: z.literal(PEER_VERSION),
    tenant: id,
    venue: id,
    head: JournalPlace.describe('the sender’s own newest row'),
    heard: z.array(JournalPlace).max(EPOCHS_MAX).describe('what the sender has of the receiver'),
    cursor,
  }),
  z.object({
    type: z.literal('rows'),
    epoch: id,
    after: count.describe('the receiver needs none between this one and the first of `rows`'),
    rows: z.array(JournalRow).min(1).max(JOURNAL_BATCH_ROWS_MAX),
  }),
  z.object({ type: z.literal('heard'), epoch: id, seq: count }),
  z.object({
    type: z.literal('beat'),
    beat: count,
    echo: count.nullable().describe('the receiver’s newest beat that the sender has heard'),
    head: JournalPlace,
    cursor,
  }),
  z.object({
    type: z.literal('reserve'),
    scanId,
    ticket: id,
    performance: id,
    lane: id,
    passageMs: z.number().int().min(500).max(120_000),
  }),
  z.object({
    type: z.literal('reserved'),
    scanId,
    grants: z.array(PeerGrant).max(64).describe('in the way; none: it is reserved'),
    passages: z.array(PeerPassage).max(PASSAGES_MAX).describe('of the ticket, not yet counted'),
  }),
  z.object({ type: z.literal('free'), scanId, ticket: id }),
  z.object({ type: z.literal('want'), after: cursor }),
  z.object({ type: z.literal('delta'), delta: Delta }),
]);
export type PeerMessage = z.infer<typeof PeerMessage>;
export type PeerMessageOf<T extends PeerMessage['type']> = Extract<PeerMessage, { type: T }>;
