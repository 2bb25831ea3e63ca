export { createFaults } from './faults.ts';
export { createLane, JOURNAL_MAX_MS } from './lane.ts';
export { askPolicy, type Policy } from './policy.ts';
export { createRecord, type LaneRecord, type UnknownRead } from './record.ts';
export type { Lane, LaneSettings } from './settings.ts';
