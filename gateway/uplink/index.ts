export { createPulse, type Pulse } from './heartbeat.ts';
export { createSettles } from './settles.ts';
export { createUplink } from './uplink.ts';
