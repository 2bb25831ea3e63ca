export { createDrain } from './drain.ts';
export { createJournal, type Journal, WAITING_FOR_DISK_MAX } from './journal.ts';
export { JournalFile } from './journal-file.ts';
export type { KeptEpoch, PlacedRow, Recovered } from './rows.ts';
