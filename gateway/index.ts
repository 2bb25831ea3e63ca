export { systemClock } from './clock.ts';
export { GatewayConfig, readConfig } from './config.ts';
export { type DecodedPicture, decodePictures } from './decode-pictures.ts';
export { createEntrance, type Entrance, type EntranceOptions } from './entrance.ts';
export { gatewayErrors } from './errors.ts';
export { createGateway } from './gateway.ts';
export { systemIds } from './ids.ts';
export { createJournal, type Journal } from './journal/index.ts';
export type { LaneDevices } from './lane-devices.ts';
export { askDoctor, askStatus, setDevicePin } from './local/index.ts';
export { lockLanes } from './lock-lanes.ts';
export { hardwareModel, runGateway } from './main.ts';
export {
  createDecoder,
  createPipeline,
  openKernel,
  openZXing,
  type Pipeline,
  type PipelineParts,
  STILL_FORMATS,
  type StageName,
  type ZXing,
  type ZXingOptions,
} from './reading/index.ts';
export { TicketStore } from './tickets/index.ts';
export * from './web/events.ts';
export { doctorWords } from './web/index.ts';
