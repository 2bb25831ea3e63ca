export type { Beacon, Beacons } from './beacons.ts';
export { book } from './box-office/booking.ts';
export { boxOfficeRoutes } from './box-office/routes.ts';
export { type CodeKey, codeKey, loadCodeKey } from './delivery/code-key.ts';
export { deliveryRoutes } from './delivery/routes.ts';
export type { Door, DoorPerformance, DoorTicket, TicketUse } from './door-store.ts';
export { ticketingErrors } from './errors.ts';
export type { HallRenamed } from './halls/hall-routes.ts';
export { IMPORT_ROWS_MAX, type ImportSummary } from './import.ts';
export { IMPORT_BYTES_MAX } from './import-read.ts';
export { IMPORT_COLUMNS, type ImportFault } from './import-row.ts';
export type { Addresses } from './orders/order-mail.ts';
export { reserveerinfo } from './orders/order-mail.ts';
export type { Order, OrderItem } from './orders/order-store.ts';
export { payableOrder, shopOrderRoutes } from './orders/shop-order-routes.ts';
export type { Performance, Production } from './performance-store.ts';
export { ticketingRoutes } from './routes.ts';
export type { Buyer, BuyerOf } from './sale/buyer.ts';
export type { SecureChecks } from './sale/sale-readiness.ts';
export { shopRoutes } from './sale/shop-routes.ts';
export { saleOfficeRoutes } from './sale/staff-routes.ts';
export { saleErrors } from './sale-errors.ts';
export { createSelling, type Selling, type SellingParts } from './selling.ts';
export {
  type Changes,
  createTicketReads,
  SYNC_ROWS_MAX,
  type TicketReads,
  ticketPages,
} from './sync-store.ts';
export type { Ticket } from './ticket-store.ts';
export { createTicketing, type Ticketing } from './ticketing.ts';
