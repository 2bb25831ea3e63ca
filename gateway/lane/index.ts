export { createLane, type Lane, type LaneSettings } from './lane.ts';
export type { Policy } from './policy.ts';
export { createRecord } from './record.ts';
