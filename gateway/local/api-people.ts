import { z } from 'zod';
import { count, id, LANGUAGES_OF_PAGES, moment, NAME_MAX, ROLES, text } from './api-common.ts';

/** Who is there: pairing of handhelds, sessions, staff. See api.ts. */

/** Any answer with a status of 400 or more; codes stand in docs/gateway.md. */
export const Problem = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});

const base64 = (max: number) => z.base64().min(1).max(max);

export const Person = z.object({
  staff: id,
  /** How the person is called at the door; never in the journal. */
  name: text(NAME_MAX),
  role: z.enum(ROLES),
  /** Locks at this moment unless something is asked before. */
  locks: moment,
});
export const Handheld = z.object({
  handheld: id,
  /** The lane that this handheld is. */
  lane: id,
  name: text(NAME_MAX),
  /** A lead has looked at it and named it. Before that only a lead or technician may identify. */
  confirmed: z.boolean(),
  paired: moment,
  seen: moment.optional(),
  /** What the browser said of itself when it paired. */
  device: text(120),
});

/** `GET /api/state`: who asks, as far as the gateway knows; open to everybody. */
export const LocalState = z.object({
  gateway: z.object({
    state: z.enum(['unconfigured', 'claiming', 'configured']),
    gateway: id.optional(),
    name: text(200).optional(),
    entrance: text(200).optional(),
    language: z.enum(LANGUAGES_OF_PAGES),
    /** Handhelds' camera: the one on the back or the one on the front. */
    camera: z.enum(['back', 'front']),
    timeZone: text(64),
    /** Why it is no gateway, or why the cloud does not let it in (docs/provisioning.md). */
    code: text(64).optional(),
    /** Whether somebody has compared its key; unknown before the cloud has said. */
    accepted: z.boolean().optional(),
    /** Six characters of its key, while they are to be compared. */
    keyMark: text(16).optional(),
  }),
  now: moment,
  /** The handheld of this session: it has proved its key. */
  handheld: Handheld.optional(),
  /** Who has identified on it, or opened the technician's page by PIN (role `technician`). */
  person: Person.optional(),
});

/** `POST /api/pair`: open; the token is what stands behind `#` of the pairing address. */
export const PairRequest = z.object({
  token: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  /** P-256 public key of the browser, SubjectPublicKeyInfo (91 bytes), base64. */
  key: base64(200),
  /** ECDSA SHA-256, raw r‖s (64 bytes), base64, over `signedPairingText(token, key)`. */
  signature: base64(100),
  name: text(NAME_MAX).trim().min(1),
  device: text(120).default(''),
});
export const PairAnswer = z.object({ handheld: Handheld });

/** `POST /api/challenge` → `POST /api/session`: the handheld proves its key; gives the cookie. */
export const ChallengeRequest = z.object({ handheld: id });
export const ChallengeAnswer = z.object({ challenge: z.string(), expires: moment });
export const SessionRequest = z.object({
  handheld: id,
  challenge: z.string().max(64),
  /** ECDSA SHA-256, raw r‖s, base64, over `signedChallengeText(handheld, challenge)`. */
  signature: base64(100),
});

/** What a browser signs when it pairs; so it can be taken for nothing else. */
export function signedPairingText(token: string, key: string): string {
  return `gatehouse/pair/1\n${token}\n${key}`;
}
export function signedChallengeText(handheld: string, challenge: string): string {
  return `gatehouse/handheld/1\n${handheld}\n${challenge}`;
}

/** `POST /api/identify`, on a paired handheld only; answers `LocalState`. */
export const IdentifyRequest = z.object({
  code: z.string().trim().min(1).max(32),
  pin: z.string().regex(/^\d{6,12}$/),
});

/** `POST /api/handhelds/pairing` (lead, technician): a new token to show as QR. */
export const PairingAnswer = z.object({
  token: z.string(),
  /** `https://<gateway>/pair#<token>` */
  url: z.string(),
  expires: moment,
  /** SHA-256 of the server's certificate, colon-separated hex; none over plain HTTP. */
  fingerprint: z.string().optional(),
});
/** `GET /api/handhelds` (lead, technician). */
export const HandheldList = z.object({ handhelds: z.array(Handheld) });
/** `POST /api/handhelds/:id/confirm` (lead, technician). */
export const ConfirmRequest = z.object({ name: text(NAME_MAX).trim().min(1) });
/** `GET /api/staff/locked` (lead, technician), `POST /api/staff/:id/unlock` (same). */
export const LockedStaff = z.object({
  locked: z.array(z.object({ staff: id, name: text(NAME_MAX), since: moment, tries: count })),
});

export type Problem = z.infer<typeof Problem>;
export type Person = z.infer<typeof Person>;
export type Handheld = z.infer<typeof Handheld>;
export type LocalState = z.infer<typeof LocalState>;
export type PairRequest = z.input<typeof PairRequest>;
export type PairAnswer = z.infer<typeof PairAnswer>;
export type ChallengeAnswer = z.infer<typeof ChallengeAnswer>;
export type PairingAnswer = z.infer<typeof PairingAnswer>;
export type HandheldList = z.infer<typeof HandheldList>;
export type LockedStaff = z.infer<typeof LockedStaff>;
