import { z } from 'zod';
import { text } from './api-common.ts';

/** A config code that is typed, where none can be read. See api.ts. */

const typed = { url: text(300), code: text(40) };
const root = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * `POST /api/technician/typed-code`, three times, with more each time that a person has compared:
 * address and code (answers `TypedSeen`), then `root` (answers `TypedOffer`), then `agreed` (begins
 * the claim and answers `LocalState`; what becomes of it is there as of any config code).
 */
export const TypedRequest = z.strictObject({
  ...typed,
  /** SHA-256 of the root as `TypedSeen` gave it, once its fingerprint is the one on the sheet. */
  root: root.optional(),
  /** Tenant and entrance are right. */
  agreed: z.literal(true).optional(),
});
export const TypedSeen = z.object({
  /** The server, as it will be asked. */
  url: z.string(),
  root,
  /** What to compare with the sheet: 32 hex digits in groups. */
  fingerprint: z.string(),
});
export const TypedOffer = z.object({
  tenantName: z.string(),
  place: z.object({ name: z.string(), venue: z.string(), entrance: z.string() }),
});

export type TypedRequest = z.infer<typeof TypedRequest>;
export type TypedSeen = z.infer<typeof TypedSeen>;
export type TypedOffer = z.infer<typeof TypedOffer>;
