export { createLane } from './lane.ts';
export type { Policy } from './policy.ts';
export { createRecord } from './record.ts';
export type { Lane, LaneSettings } from './settings.ts';
