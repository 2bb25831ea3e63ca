import { z } from 'zod';
import { CODE_LENGTH_MAX } from './codes/canonical.ts';
import { VERDICT_KEYS, type VerdictKey } from './verdicts/table.ts';

/** Version of the message family; stands in every topic and goes up only with a break. */
export const PROTOCOL_VERSION = 1;

/** Rows in one journal batch, and bytes of one payload before compression, at most. */
export const JOURNAL_BATCH_ROWS_MAX = 200;
export const PAYLOAD_BYTES_MAX = 16 * 1024 * 1024;
export const TICKETS_PAGE_ROWS_MAX = 20_000;
/** Tickets of a store that are compared with the cloud's at once. */
export const COMPARED_ROWS_MAX = 2_000;
/** Scan ids that a ticket row carries at most. */
export const TICKET_SCANS_MAX = 8;

const id = z.string().min(1).max(64);
const scanId = z.uuid().describe('UUIDv7 made by the gateway for one presentation of one code');
/** The last moment that a Date can hold; a later one would break every screen that shows it. */
const MOMENT_MAX = 8_640_000_000_000_000;
const moment = z.number().int().min(0).max(MOMENT_MAX).describe('milliseconds since 1970');
const count = z.number().int().min(0);
const verdictKey = z.enum(VERDICT_KEYS as [VerdictKey, ...VerdictKey[]]);
const digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('SHA-256, lower-case hex');
const handle = z
  .string()
  .regex(/^[0-9a-f]{10}$/)
  .describe('ticket handle, hex');
const direction = z.enum(['entry', 'exit']);

/** When something happened, by everything the gateway knows of the time. */
export const Stamp = z
  .object({
    wall: moment.describe('the gateway’s wall clock'),
    mono: z.number().describe('milliseconds on the monotonic clock of this boot'),
    boot: id.describe('drawn at every boot'),
    offset: z.number().nullable().describe('ms to add to wall for cloud time; null if unknown'),
    uncertainty: z.number().nullable().describe('± ms of the offset; null if unknown'),
    quality: z.enum(['trusted', 'plausible', 'untrusted']),
  })
  .describe('a moment with clock quality');

const VerdictDetails = z.object({
  at: moment.optional(),
  lane: id.optional(),
  seconds: z.number().optional(),
  left: count.optional(),
  hall: z.string().max(200).optional(),
  entrance: z.string().max(200).optional(),
  title: z.string().max(200).optional(),
  people: count.optional(),
  by: z.string().max(200).optional(),
  reason: z.string().max(200).optional(),
});
export const VerdictMessage = z.object({ key: verdictKey, details: VerdictDetails });

/** What a lane shows beside the verdict so that the guest finds the place (rule E3). */
export const TicketLabel = z.object({
  title: z.string().max(200).optional(),
  type: z.string().max(100).optional(),
  rank: z.string().max(100).optional(),
  door: z.string().max(100).optional(),
  row: z.string().max(20).optional(),
  seat: z.string().max(20).optional(),
  note: z.string().max(500).optional(),
  language: z
    .string()
    .regex(/^[a-z]{2}$/)
    .optional()
    .describe('ISO 639-1: what the guest reads; screens speak it if they can'),
});

/** Gateway asks about a secure code, or about a text that its store does not hold. */
export const ValidateRequest = z.object({
  scanId,
  lane: id,
  code: z.string().min(1).max(CODE_LENGTH_MAX).describe('the canonical text, unchanged'),
  direction,
  at: Stamp,
  attempt: z
    .number()
    .int()
    .min(1)
    .max(10)
    .describe('1, then 2 for the repeat with the same scanId'),
  deadlineMs: z.number().int().min(100).max(10_000).describe('how long the lane waits in all'),
  passageMs: z.number().int().min(500).max(120_000).describe('time to pass that the lane needs'),
  refersTo: scanId.optional().describe('a scan that this one replaces'),
});

/** The cloud’s answer. An admit without a grant must not open the gate. */
export const ValidateAnswer = z.object({
  scanId,
  verdict: VerdictMessage,
  grant: z
    .object({ passageMs: z.number().int().describe('time to pass, from arrival, monotonic') })
    .optional(),
  ticket: id.optional(),
  performance: id.optional(),
  handle: handle.optional(),
  slot: count.optional().describe('full slot of the code'),
  label: TicketLabel.optional(),
  ended: z
    .enum(['passed', 'released', 'cancelled', 'lapsed'])
    .optional()
    .describe('the stored verdict was an admit whose grant has ended; never open for it'),
});

/** How a grant ended; sent at once and also written into the journal. */
export const SettleRequest = z.object({
  scanId,
  kind: z.enum(['passed', 'released', 'cancel']),
  lane: id,
  direction,
  ticket: id.optional(),
  performance: id.optional(),
  slot: count.optional(),
  late: z.boolean().optional().describe('passed up to 5 s after its release'),
  of: z
    .object({ gateway: id, epoch: id, seq: z.number().int().min(1) })
    .optional()
    .describe('another gateway of the venue that is not heard any more, and its row that says so'),
  at: Stamp,
});
export const SettleAnswer = z.object({ scanId, kind: SettleRequest.shape.kind });

/** One journal row as it stands on the gateway’s disk. */
export const JournalRow = z.object({
  seq: z.number().int().min(1),
  previous: digest.describe('digest of the row before; 64 zeros for the first of an epoch'),
  digest: digest.describe('SHA-256 of previous + "\\n" + body'),
  body: z.string().max(16_384).describe('JSON text of a JournalBody, byte for byte as written'),
});
export const JournalBatch = z.object({
  epoch: id.describe('drawn at every process start'),
  rows: z.array(JournalRow).min(1).max(JOURNAL_BATCH_ROWS_MAX),
});
/** Cumulative: all rows of the epoch up to and with `upTo` are stored; only this lets one go. */
export const JournalStored = z.object({
  epoch: id,
  upTo: count,
  parked: z.array(count).max(JOURNAL_BATCH_ROWS_MAX).describe('stored unread, shown to people'),
});

const bodyBase = {
  scanId: scanId.optional(),
  lane: id.optional(),
  direction: direction.optional(),
  ticket: id.optional(),
  performance: id.optional(),
  handle: handle.optional(),
  slot: count.optional(),
  generation: count.optional().describe('key generation of a secure code'),
  at: Stamp,
  cursor: z.number().int().nullable().describe('ticket delta the gateway knew'),
  by: id.optional().describe('staff id of the person at a handheld or at the gateway’s page'),
};
/** Rows of a gateway's journal that its disk has lost; it will never send them. */
export const JournalGap = z
  .object({
    epoch: id,
    from: z.number().int().min(1),
    to: z.number().int().min(1),
    why: z.enum(['missing', 'broken-seal']).describe('gone, or there with another digest'),
  })
  .refine(({ from, to }) => from <= to, 'from is after to');
/** What a journal row says. `intent` stands before the relay moves, `result` after. */
export const JournalBody = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('intent'),
    ...bodyBase,
    verdict: VerdictMessage,
    decidedBy: z.enum(['gateway', 'cloud', 'staff']),
    passageMs: count,
    refersTo: scanId.optional(),
    free: z.boolean().optional().describe('true: somebody who left comes back, which takes no use'),
    split: z.boolean().optional().describe('true: not every gateway of the venue was heard'),
    unconfirmed: z
      .boolean()
      .optional()
      .describe('true: the ticket’s home gateway did not answer in time'),
    heard: z
      .record(z.string().max(64), z.object({ epoch: id, seq: count }))
      .optional()
      .describe('by gateway: the last row of its journal that was known here'),
    beacon: count.optional().describe('full index; a secure code that the gateway proved itself'),
    signature: z
      .base64()
      .length(88)
      .optional()
      .describe('of that code, 64 bytes, so that the cloud can check it again'),
  }),
  z.object({
    kind: z.literal('refusal'),
    ...bodyBase,
    verdict: VerdictMessage,
    decidedBy: z.enum(['gateway', 'cloud', 'staff']),
    read: z
      .object({ hmac: digest, length: count, symbology: z.string().max(40) })
      .optional()
      .describe('an unknown code: HMAC, length and symbology only'),
  }),
  z.object({
    kind: z.literal('result'),
    ...bodyBase,
    result: z.enum(['passed', 'released', 'cancelled', 'late', 'unsettled']),
  }),
  z.object({
    kind: z.literal('event'),
    ...bodyBase,
    event: z.enum([
      'started',
      'stopped',
      'tailgate',
      'emergency',
      'emergency-over',
      'fault',
      'gap',
      'paired',
      'unpaired',
      'locked',
      'unlocked',
      'armed',
      'tested',
      'command',
    ]),
    code: z.string().max(64).optional(),
    gap: JournalGap.optional().describe('with `gap`, where the lost rows are known'),
  }),
]);

export const PerformanceRow = z.object({
  id,
  title: z.string().max(200),
  hall: z.string().max(200),
  starts: moment,
  opens: moment,
  closes: moment,
  secure: z.boolean(),
  reEntry: z.boolean(),
  capacity: count.optional(),
  offline: z.enum(['refuse', 'staff', 'verify']),
  offlineCap: count.optional().describe('people per hour and venue; left out for no limit'),
  stalePhone: z.enum(['refuse', 'staff', 'admit']),
});

const ticketBase = {
  performance: id,
  status: z.enum(['valid', 'unpaid', 'blocked', 'cancelled', 'taken-back']),
  uses: z.number().int().min(1),
  used: count,
  inside: z.boolean(),
  people: count.optional().describe('inside on it, where they are more than one'),
  entrances: z.array(z.string().max(200)).optional(),
  lastUse: z.object({ at: moment, lane: id }).optional(),
  scans: z
    .array(scanId)
    .max(TICKET_SCANS_MAX)
    .optional()
    .describe('latest commits that `used` contains, newest first'),
  label: TicketLabel.optional(),
};
/** A regular ticket for a gateway’s store. */
export const TicketRow = z.object({
  id,
  digest: z
    .string()
    .regex(/^[A-Za-z0-9_-]{22}$/)
    .describe('first 16 bytes of HMAC-SHA-256(venue key, canonical text), base64url'),
  ...ticketBase,
});
/** A secure ticket of a performance that gateways decide about while the cloud is away. */
export const SecureRow = z.object({
  id,
  handle,
  ...ticketBase,
  generation: count.describe('key generation that counts; 0 until a phone is bound'),
  key: z.base64().max(200).optional().describe('its public key, SubjectPublicKeyInfo'),
  burnt: count.optional().describe('this slot and all before it are dead'),
});
/** Epochs of journals that a page names: the latest of each gateway. */
export const STORED_MAX = 512;
/** The value of a beacon by its full index. */
export const BeaconRow = z.object({ index: count, value: z.string().regex(/^[0-9a-f]{32}$/) });
export const BEACON_ROWS_MAX = 64;

/** Gateway asks for what changed after its cursor; `null` asks for everything. */
export const TicketsRequest = z.object({
  requestId: z.uuid(),
  cursor: z.number().int().nullable(),
  limit: z.number().int().min(1).max(TICKETS_PAGE_ROWS_MAX),
  compare: z
    .object({
      after: z.string().max(64).describe('tickets with greater ids; empty for the first'),
      upTo: z.string().max(64).nullable().describe('up to and with this one; null for the last'),
      count: z.number().int().min(0).max(COMPARED_ROWS_MAX),
      digest: digest.describe('SHA-256 of the compared lines of these tickets, by rising id'),
    })
    .optional()
    .describe('what the gateway holds, to be compared if nothing has changed since `cursor`'),
});
/** One page, gzip-compressed JSON on the wire. */
export const TicketsPage = z.object({
  requestId: z.uuid(),
  from: z.number().int().nullable(),
  cursor: z.number().int().describe('ask on from here'),
  more: z.boolean(),
  performances: z.array(PerformanceRow).describe('all of the venue’s, on every page'),
  tickets: z.array(TicketRow),
  secure: z.array(SecureRow).optional().describe('in the same order of changes'),
  beacons: z.array(BeaconRow).max(BEACON_ROWS_MAX).optional(),
  stored: z
    .array(z.object({ gateway: id, epoch: id, upTo: count }))
    .max(STORED_MAX)
    .optional()
    .describe('journal rows that these tickets contain; on the last page of a question'),
  differs: z
    .boolean()
    .optional()
    .describe('whether what was compared is not the same; left out where nothing could be'),
});
/** Something changed in the cloud: ask for it now. */
export const Nudge = z.object({ cursor: z.number().int() });

/** The cloud can’t take a message: which one and why. */
export const Rejected = z.object({
  topic: z.string().max(200),
  code: z.string().max(64),
  message: z.string().max(1000),
  scanId: scanId.optional(),
});

export type Stamp = z.infer<typeof Stamp>;
export type TicketLabel = z.infer<typeof TicketLabel>;
export type ValidateRequest = z.infer<typeof ValidateRequest>;
export type ValidateAnswer = z.infer<typeof ValidateAnswer>;
export type SettleRequest = z.infer<typeof SettleRequest>;
export type SettleAnswer = z.infer<typeof SettleAnswer>;
export type JournalRow = z.infer<typeof JournalRow>;
export type JournalBatch = z.infer<typeof JournalBatch>;
export type JournalStored = z.infer<typeof JournalStored>;
export type JournalGap = z.infer<typeof JournalGap>;
export type JournalBody = z.infer<typeof JournalBody>;
export type PerformanceRow = z.infer<typeof PerformanceRow>;
export type TicketRow = z.infer<typeof TicketRow>;
export type SecureRow = z.infer<typeof SecureRow>;
export type BeaconRow = z.infer<typeof BeaconRow>;
export type TicketsRequest = z.infer<typeof TicketsRequest>;
export type TicketsPage = z.infer<typeof TicketsPage>;
export type Nudge = z.infer<typeof Nudge>;
export type Rejected = z.infer<typeof Rejected>;
