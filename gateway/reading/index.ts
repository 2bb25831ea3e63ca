export { type BeliefOptions, ITF_LENGTH, type TicketShape } from './believe.ts';
export { type CameraReader, createCameraReader, type Picture } from './camera-reader.ts';
export {
  createDecoder,
  type Decoder,
  FRAME_FORMATS,
  STILL_FORMATS,
  type Wanted,
} from './decoder.ts';
export type { FrameFigures } from './figures.ts';
export { openKernel } from './kernels/kernel.ts';
export { createPipeline, type Pipeline, type PipelineParts } from './pipeline.ts';
export type { Read, StageName } from './read.ts';
export type { DecodedCode, Reading } from './reading.ts';
export { openZXing, type ZXing, type ZXingOptions } from './zxing.ts';
