export { createHandLanes, type HandLanes } from './hand-lanes.ts';
export type { HandLane, HandMode, HandScan, HandWorker, Overridden, Told } from './settings.ts';
