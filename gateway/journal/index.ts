export { createDrain } from './drain.ts';
export { createJournal, type Journal } from './journal.ts';
export type { Recovered } from './rows.ts';
