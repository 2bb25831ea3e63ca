import { TicketLabel, VerdictMessage } from '@gatehouse/protocol';
import { z } from 'zod';
import {
  CODE_MAX,
  count,
  Direction,
  FOUND_MAX,
  GROUP_MAX,
  id,
  moment,
  OfflinePolicy,
  REASON_MAX,
  REASON_MIN,
  scanId,
  text,
} from './api-common.ts';

/** What a handheld asks and is answered. See api.ts. */

export const HandPerformance = z.object({
  performance: id,
  title: text(200),
  hall: text(200),
  starts: moment,
  opens: moment,
  closes: moment,
  secure: z.boolean(),
  /** S13: what becomes of its secure tickets while the cloud is away. */
  offline: OfflinePolicy,
  reEntry: z.boolean(),
  inside: count,
  capacity: count.optional(),
  /** Whether this handheld admits it (chosen by `PUT /api/handheld/mode`). */
  chosen: z.boolean(),
});
/** `GET /api/handheld/performances`: today's, of the halls that this entrance leads to (N2, N4). */
export const PerformanceList = z.object({ performances: z.array(HandPerformance) });

/** `PUT /api/handheld/mode`. */
export const ModeRequest = z.object({
  direction: Direction,
  /** Ids of performances that are admitted; empty for all of today's. */
  performances: z.array(id).max(50),
  /**
   * `true`: an admission stays open until the steward says whether the guest went in; `false`: it
   * is final at once, as at a lane without a passage sensor.
   */
  confirms: z.boolean().default(false),
});
/** `GET /api/handheld/state`, and the event `handheld`. */
export const HandheldState = z.object({
  lane: id,
  direction: Direction,
  performances: z.array(id),
  confirms: z.boolean(),
  /** `connected`, `suspect` or `away` from the cloud. */
  uplink: z.enum(['connected', 'suspect', 'away']),
  /** Gateways of the venue that are not heard. */
  missing: count,
  /** Rows the cloud has not stored yet. */
  queue: count,
  tickets: z.object({ count, cursor: z.number().int().nullable() }),
  /** When the ticket data were last known to be what the cloud has; none before the first time. */
  synced: moment.optional(),
  /** Stable code of what keeps it from admitting. */
  fault: z.string().optional(),
  /** It admits though its journal can't be written. */
  unrecorded: z.string().optional(),
  clock: z.enum(['trusted', 'plausible', 'untrusted']),
});

/** `POST /api/handheld/scan`. */
export const ScanRequest = z.object({
  /** UUIDv7 drawn by the page for one presentation; the same again gives the same answer. */
  scanId,
  code: z.string().min(1).max(CODE_MAX),
  /** zxing's name such as `QRCode`; left out for what was typed or came from a wedge. */
  symbology: text(40).optional(),
  source: z.enum(['camera', 'wedge', 'typed']),
});
/** What a person may do next about an answer; the server checks role and state again. */
export const NextStep = z.enum(['override', 'settle', 'end']);
export const HandAnswer = z.object({
  scanId,
  verdict: VerdictMessage,
  /** Who and what the ticket is; `label.note` is the attention note. */
  label: TicketLabel.optional(),
  ticket: id.optional(),
  performance: id.optional(),
  direction: Direction,
  at: moment,
  /** What this person may do about it now. */
  next: z.array(NextStep),
  /** Whether somebody was let in or out by this: the ticket has been used. */
  passed: z.boolean(),
  /** The admission is open until then: somebody has to say whether the guest went in (`end`). */
  open: moment.optional(),
  decidedBy: z.enum(['gateway', 'cloud', 'staff']),
});

/** `POST /api/handheld/override`: `lead`; a steward may for a verdict `staff` that is not unsettled. */
export const OverrideRequest = z.object({
  /** Names this admission; the same again gives the same answer. Answers `HandAnswer`. */
  scanId,
  /** The answer that was refused, from the same handheld, or a ticket found by search. */
  of: z.union([z.object({ scan: scanId }), z.object({ ticket: id })]),
  reason: text(REASON_MAX).trim().min(REASON_MIN),
});
/**
 * `POST /api/handheld/settle` (lead): what became of a grant that its lane left open, told by
 * somebody who saw it. Only grants of this gateway. Answers `HandAnswer` of verdict `ok` or `busy`.
 */
export const SettleByHand = z.object({ ticket: id, passed: z.boolean(), reason: text(REASON_MAX) });
/**
 * `POST /api/handheld/end`: the guest of an open admission went in or did not; for stewards too. One
 * that nobody ends is released when its time is over. The same again gives the same answer.
 */
export const EndRequest = z.object({ scan: scanId, passed: z.boolean() });

/** `POST /api/handheld/group`: several codes, one answer; secure ones are refused by name (S9). */
export const GroupRequest = z.object({
  /** One for each code, in order; the same again gives the same answer. */
  scans: z
    .array(z.object({ scanId, code: z.string().min(1).max(CODE_MAX) }))
    .min(1)
    .max(GROUP_MAX),
});
/** `POST /api/handheld/passes`: one ticket that is good for several, used `people` times at once. */
export const PassesRequest = z.object({
  scanId,
  code: z.string().min(1).max(CODE_MAX),
  people: z.number().int().min(1).max(GROUP_MAX),
});
export const GroupAnswer = z.object({
  answers: z.array(HandAnswer),
  /** People let in. */
  admitted: count,
  /** Secure tickets, each to be shown on its own. */
  secure: count,
  refused: count,
});

/** `POST /api/handheld/search` (lead): by name or order number; asks the cloud. */
export const SearchRequest = z.object({ words: text(100).trim().min(2) });
export const Found = z.object({
  ticket: id,
  /** As the cloud tells it; nothing of it is kept on the gateway. */
  holder: text(200).optional(),
  order: text(40).optional(),
  performance: id,
  title: text(200),
  starts: moment,
  kind: z.enum(['regular', 'secure']),
  status: z.enum(['valid', 'unpaid', 'blocked', 'cancelled', 'taken-back']),
  uses: count,
  used: count,
  inside: z.boolean(),
  label: TicketLabel.optional(),
});
export const FoundList = z.object({
  found: z.array(Found).max(FOUND_MAX),
  /** There are more: search with more words. */
  more: z.boolean(),
});

export type HandPerformance = z.infer<typeof HandPerformance>;
export type PerformanceList = z.infer<typeof PerformanceList>;
export type ModeRequest = z.input<typeof ModeRequest>;
export type HandheldState = z.infer<typeof HandheldState>;
export type ScanRequest = z.infer<typeof ScanRequest>;
export type NextStep = z.infer<typeof NextStep>;
export type HandAnswer = z.infer<typeof HandAnswer>;
export type OverrideRequest = z.infer<typeof OverrideRequest>;
export type SettleByHand = z.infer<typeof SettleByHand>;
export type EndRequest = z.infer<typeof EndRequest>;
export type GroupRequest = z.infer<typeof GroupRequest>;
export type PassesRequest = z.infer<typeof PassesRequest>;
export type GroupAnswer = z.infer<typeof GroupAnswer>;
export type SearchRequest = z.infer<typeof SearchRequest>;
export type Found = z.infer<typeof Found>;
export type FoundList = z.infer<typeof FoundList>;
