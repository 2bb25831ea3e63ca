export { createDiskWatch, type Space, spaceOf } from './disk-watch.ts';
export { createDrain } from './drain.ts';
export { createJournal, type Journal, WAITING_FOR_DISK_MAX } from './journal.ts';
export { JournalFile } from './journal-file.ts';
export { keepReserve, spendReserve } from './reserve.ts';
export { digestOf, type KeptEpoch, type PlacedRow, type Recovered } from './rows.ts';
