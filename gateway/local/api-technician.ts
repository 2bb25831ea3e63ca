import { HINTS, LaneReading, TicketLabel, VerdictMessage } from '@gatehouse/protocol';
import { z } from 'zod';
import {
  count,
  Direction,
  id,
  LANGUAGES_OF_PAGES,
  moment,
  OfflinePolicy,
  scanId,
  text,
} from './api-common.ts';

/** Lanes, their displays and the technician’s page. See api.ts. */

/** One lane as its display shows it; `GET /api/lanes`, `GET /api/display/:lane`, event `lane`. */
export const DisplayView = z.object({
  lane: id,
  name: text(200),
  direction: Direction,
  /** `idle`, `deciding` (read), `granted` (go), `closed`, `emergency`. */
  state: z.enum(['idle', 'deciding', 'granted', 'closed', 'emergency']),
  /** What the lamps show now. */
  signal: z.enum(['idle', 'read', 'go', 'stop', 'wait', 'closed', 'emergency']),
  /** While an answer is shown: what happened and, through the table, what to do. */
  verdict: VerdictMessage.optional(),
  /** What the guest may do whose ticket is seen and can't be read; never beside a verdict. */
  hint: z.enum(HINTS).optional(),
  /** Where to sit. Notes for staff are never on a public screen. */
  label: TicketLabel.omit({ note: true, language: true }).optional(),
  /** The guest's language where it is known, else the page takes the gateway's. */
  language: z.enum(LANGUAGES_OF_PAGES).optional(),
  fault: z.string().optional(),
  /** Goes up with each reading that is answered the same. */
  reads: count,
});
export const LaneList = z.object({ lanes: z.array(DisplayView) });

/** `POST /api/technician/enter`: by the device's PIN, in any browser; answers `LocalState`. */
export const EnterRequest = z.object({ pin: z.string().regex(/^\d{6,12}$/) });

export const CHECKS = [
  'camera',
  'scanner',
  'board',
  'relay',
  'network',
  'clock',
  'disk',
  'cloud',
  'certificate',
] as const;
/** One line of `doctor`; `code` is a stable code that the pages have words for (docs/handheld.md). */
export const Check = z.object({
  check: z.enum(CHECKS),
  /** The device of a lane that it speaks of. */
  lane: id.optional(),
  device: text(120).optional(),
  state: z.enum(['ok', 'warning', 'failed', 'absent']),
  code: z.string(),
  /** Numbers and names for the words, such as `{ free: 123 }`. */
  details: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});
/** `GET /api/technician/doctor`. */
export const DoctorReport = z.object({ at: moment, checks: z.array(Check) });

export const Reader = z.object({
  lane: id,
  /** Counts the lane's cameras and scanners from 0. */
  device: count,
  kind: z.enum(['camera', 'scanner']),
  name: text(200),
  ok: z.boolean(),
  code: z.string().optional(),
  /** Readings since the start; of a camera also frames given and dropped. */
  reads: count,
  frames: count.optional(),
  dropped: count.optional(),
  /** Milliseconds that the last reading took, from frame or last byte to text. */
  took: z.number().optional(),
  /** Of a camera: how well its lane reads. */
  figures: LaneReading.optional(),
});
/** One thing that was read: never the text, only what it looks like. */
export const ReadLogEntry = z.object({
  at: moment,
  lane: id,
  device: count,
  source: z.enum(['camera', 'scanner']),
  symbology: z.string(),
  length: count,
  kind: z.enum(['regular', 'secure', 'config', 'other']),
  took: z.number(),
  /** Of a camera: around the code, in parts of the picture's width and height. */
  corners: z
    .array(z.tuple([z.number(), z.number()]).readonly())
    .length(4)
    .readonly()
    .optional(),
});
/** `GET /api/technician/state`; `GET /api/technician/camera/:lane/:device` is a JPEG (or 404). */
export const TechnicianState = z.object({
  software: z.string(),
  hardware: z.string(),
  started: moment,
  now: moment,
  clock: z.object({
    quality: z.enum(['trusted', 'plausible', 'untrusted']),
    /** Milliseconds to add to this machine's clock for the cloud's; null if unknown. */
    offset: z.number().nullable(),
    uncertainty: z.number().nullable(),
  }),
  addresses: z.array(z.object({ name: z.string(), address: z.string() })),
  fingerprint: z.string().optional(),
  uplink: z.enum(['connected', 'suspect', 'away']),
  peers: z.object({ heard: z.array(id), missing: z.array(id) }),
  queue: count,
  tickets: z.object({ count, cursor: z.number().int().nullable() }),
  disk: z.object({ free: count, journal: count, low: z.boolean() }).optional(),
  lanes: z.array(DisplayView),
  /** S13: today's secure performances, and what becomes of their tickets without the cloud. */
  secure: z.array(z.object({ title: text(200), starts: moment, offline: OfflinePolicy })),
  readers: z.array(Reader),
  reads: z.array(ReadLogEntry),
  /** Until when a config code and tests of relays are taken; none while not armed. */
  armed: moment.optional(),
});
/** One row of `GET /api/technician/journal?before=<place>`: the newest first. */
export const JournalEntry = z.object({
  epoch: id,
  seq: count,
  at: moment,
  kind: z.enum(['intent', 'refusal', 'result', 'event']),
  lane: id.optional(),
  scanId: scanId.optional(),
  verdict: VerdictMessage.optional(),
  /** `passed`, `released` … or the event's name. */
  what: z.string().optional(),
  /** What an event was about: a fault, a test. */
  code: z.string().optional(),
  /** Staff id of who did it. */
  by: id.optional(),
});
export const JournalPage = z.object({
  rows: z.array(JournalEntry),
  /** Give it as `before` for older ones; left out at the end. */
  before: z.string().optional(),
});

/** `POST /api/technician/arm`: 10 minutes; `{ armed: false }` ends it. Answers `TechnicianState`. */
export const ArmRequest = z.object({ armed: z.boolean() });
/** `POST /api/technician/lanes/:lane`: only while armed; tests only while the lane is closed. */
export const LaneCommand = z.discriminatedUnion('do', [
  z.object({ do: z.literal('close') }),
  z.object({ do: z.literal('open') }),
  /** Opens the relay for a moment and says whether it came back off. */
  z.object({ do: z.literal('pulse') }),
  z.object({ do: z.literal('lamp'), signal: z.enum(['idle', 'read', 'go', 'stop', 'wait']) }),
]);
export const LaneCommandAnswer = z.object({ ok: z.boolean(), code: z.string().optional() });

export type DisplayView = z.infer<typeof DisplayView>;
export type LaneList = z.infer<typeof LaneList>;
export type Check = z.infer<typeof Check>;
export type DoctorReport = z.infer<typeof DoctorReport>;
export type Reader = z.infer<typeof Reader>;
export type ReadLogEntry = z.infer<typeof ReadLogEntry>;
export type TechnicianState = z.infer<typeof TechnicianState>;
export type JournalEntry = z.infer<typeof JournalEntry>;
export type JournalPage = z.infer<typeof JournalPage>;
export type LaneCommand = z.infer<typeof LaneCommand>;
export type LaneCommandAnswer = z.infer<typeof LaneCommandAnswer>;
