import { z } from 'zod';
import { HandheldState } from './api-handheld.ts';
import { DisplayView, ReadLogEntry } from './api-technician.ts';

/**
 * Everything that pages and the gateway's own server say to each other: what a request may hold and
 * what is answered. The pages import it, so it knows nothing of Node. docs/handheld.md tells it in
 * words. Requests and answers are JSON; times are milliseconds since 1970 by the venue's clock.
 *
 * The session is a cookie (HttpOnly, SameSite=Strict) that `POST /api/session` or
 * `POST /api/technician/enter` gives; every POST, PUT and DELETE needs `content-type:
 * application/json` (also with the body `{}`) and comes from a page of the gateway itself. Answers
 * of 400 and more are a `Problem`.
 *
 * | who | routes |
 * |---|---|
 * | all | GET state, lanes, display/:lane, display/:lane/events; POST pair, challenge, session, technician/enter |
 * | paired handheld | POST identify, lock (ends the person; answers LocalState); GET events |
 * | steward, lead | GET handheld/state, handheld/performances; PUT handheld/mode (→ HandheldState); POST handheld/scan, end, group, passes, override |
 * | lead | POST handheld/search, settle |
 * | lead, technician | POST handhelds/pairing, handhelds/:id/confirm; DELETE handhelds/:id; GET handhelds, staff/locked; POST staff/:id/unlock (all → the list) |
 * | technician | GET technician/state, doctor, journal, camera/:lane/:device (JPEG); POST technician/arm, technician/lanes/:lane, technician/typed-code; GET events; POST lock |
 *
 * A lead may all that a steward may; a technician may all that a lead may, but lets nobody in
 * without a handheld.
 */

export * from './api-common.ts';
export * from './api-handheld.ts';
export * from './api-people.ts';
export * from './api-technician.ts';
export * from './api-typed.ts';

/**
 * Server-sent events, `data:` is JSON with `type`:
 * - `GET /api/events` (paired handheld or technician): all of these; `read` for technicians only.
 * - `GET /api/display/:lane/events` (open, no names in it): `lane` of that lane.
 * A stream begins with everything as it is; the browser comes back by itself.
 */
export const LocalEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('lane'), lane: DisplayView }),
  z.object({ type: z.literal('handheld'), state: HandheldState }),
  /** The session is another now: locked, unpaired, confirmed. Ask `GET /api/state`. */
  z.object({ type: z.literal('session') }),
  z.object({ type: z.literal('read'), read: ReadLogEntry }),
]);

export type LocalEvent = z.infer<typeof LocalEvent>;
