/** The second door: what a simulated venue puts a gateway together from. */

export type { LanePlace } from './admission/index.ts';
export type { Clock, Timer } from './clock.ts';
export { createVenueTime } from './clock.ts';
export { gatewayError } from './errors.ts';
export type {
  HandLane,
  HandLanes,
  HandMode,
  HandScan,
  HandWorker,
  Overridden,
  Told,
} from './handheld/index.ts';
export type { Ids } from './ids.ts';
export {
  type Journal,
  JournalFile,
  type PlacedRow,
  type Recovered,
  WAITING_FOR_DISK_MAX,
} from './journal/index.ts';
export type { Link } from './link.ts';
export { ALONE, BEAT_MS, LOOK_MS, type PeerLink } from './peers/index.ts';
export type { Reading } from './reading/index.ts';
export { createParts, type PartsOptions, type Running, type Shared } from './running.ts';
export { type StoredTicket, TicketStore } from './tickets/index.ts';
export type { GatewayEvent, LaneView } from './web/index.ts';
