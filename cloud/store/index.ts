export { nextChange } from './change-counter.ts';
export { lockDataFolder } from './data-folder.ts';
export type { Database } from './database.ts';
export { storeErrors, storeFault } from './errors.ts';
export { openStore, type Savepoints, type Store } from './store.ts';
export type * from './tables/admission.ts';
export type * from './tables/conflicts.ts';
export type * from './tables/ticketing.ts';
export { loadTenant } from './tenant.ts';
