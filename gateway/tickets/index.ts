export { newsOf } from './passage-news.ts';
export type { LocalPassage } from './passages.ts';
export { createTicketSync } from './sync.ts';
export type { CapacityShare, StoredTicket } from './ticket-rows.ts';
export { TicketStore } from './ticket-store.ts';
