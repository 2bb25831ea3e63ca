/** The devices of an entrance: interfaces, real drivers, settings. Simulated ones: simulated.ts. */
export { decodePicture, type Luma, readPicture } from './camera/picture.ts';
export { systemClock } from './clock.ts';
export type {
  Camera,
  CameraListener,
  Direction,
  Frame,
  HardwareClock,
  Health,
  ScannedText,
  Scanner,
  ScannerListener,
  Signal,
  Turnstile,
  TurnstileListener,
} from './devices.ts';
export {
  HardwareError,
  type HardwareErrorCode,
  hardwareErrors,
  type WhoActs,
} from './errors.ts';
export type { DeviceParts, HardwareLog } from './health.ts';
export { type DeviceLook, lookAtLane } from './look.ts';
export { openCamera, openScanner, openTurnstile } from './open.ts';
export {
  type CameraSettings,
  cameraSettings,
  type LaneHardware,
  type LaneHardwareInput,
  laneHardware,
  type ScannerSettings,
  scannerSettings,
  type TurnstileSettings,
  turnstileSettings,
} from './profile.ts';
export { openWire, type SerialSettings, type Wire, type WireEnds } from './wire.ts';
