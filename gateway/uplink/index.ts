export { createPulse, type Pulse } from './heartbeat.ts';
export type { Link } from './link.ts';
export { createSettles } from './settles.ts';
export { createUplink } from './uplink.ts';
