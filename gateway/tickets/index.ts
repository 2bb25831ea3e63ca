export type { LocalPassage } from './own-passages.ts';
export { createTicketSync } from './sync.ts';
export { type StoredTicket, TicketStore } from './ticket-store.ts';
