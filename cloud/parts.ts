/** The second door: what a simulated venue puts a cloud together from. */

export { createDesk, createValidator, type Validator } from './admission/index.ts';
export { type ConflictDesk, createConflictDesk } from './conflicts/index.ts';
export { createDeltas, type Deltas } from './deltas.ts';
export type { Clock, Log } from './ports.ts';
export { loadTenant, openStore, type Store } from './store/index.ts';
export {
  book,
  codeKey,
  createSelling,
  createTicketing,
  createTicketReads,
  type Performance,
  type Selling,
  type Ticketing,
  ticketPages,
} from './ticketing/index.ts';
