export type { Reader, ReadLogEntry } from './api.ts';
export type { House, LocalEntrance } from './house.ts';
export { createKeptFile } from './kept.ts';
export { createPins } from './pin.ts';
export { createLocalServer, type LocalServer } from './server.ts';
