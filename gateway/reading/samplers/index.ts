export { type Averaged, averageOf, SHOTS_MAX, type Shot } from './average.ts';
export { sampleLinear } from './linear/linear.ts';
export { samplePdf417 } from './pdf417/pdf417.ts';
export { sampleQr, sampleQrQuick } from './qr/qr.ts';
export type { SampledRead, Sampler } from './sampler.ts';
