export { type CameraReader, createCameraReader, type Picture } from './camera-reader.ts';
export { createDecoder, type Decoder, STILL_FORMATS } from './decoder.ts';
export type { FrameFigures } from './figures.ts';
export type { StageName } from './read.ts';
export type { DecodedCode, Reading } from './reading.ts';
export { openZXing, type ZXing, type ZXingOptions } from './zxing.ts';
