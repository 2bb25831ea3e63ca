export type { Beacon, Beacons } from './beacons.ts';
export type { Door, DoorPerformance, DoorTicket, TicketUse } from './door-store.ts';
export { ticketingErrors } from './errors.ts';
export { IMPORT_ROWS_MAX, type ImportSummary } from './import.ts';
export { IMPORT_BYTES_MAX } from './import-read.ts';
export { IMPORT_COLUMNS, type ImportFault } from './import-row.ts';
export type { Performance, Production } from './performance-store.ts';
export { ticketingRoutes } from './routes.ts';
export {
  type Changes,
  createTicketReads,
  SYNC_ROWS_MAX,
  type TicketReads,
  ticketPages,
} from './sync-store.ts';
export type { Ticket } from './ticket-store.ts';
export { createTicketing, type Ticketing } from './ticketing.ts';
