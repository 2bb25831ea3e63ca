export type { Reader, ReadLogEntry } from './api.ts';
export { askDoctor } from './ask-doctor.ts';
export { setDevicePin } from './device-pin.ts';
export type { House, LocalEntrance } from './house.ts';
export { createKeptFile } from './kept.ts';
export { createLocalEntrance } from './local-entrance.ts';
export { createPins } from './pin.ts';
export { createReaders } from './readers.ts';
export { createLocalServer, isPlainHttp, type LocalServer } from './server.ts';
