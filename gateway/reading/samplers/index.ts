export { type Averaged, averageOf, SHOTS_MAX, type Shot } from './average/average.ts';
export { sampleAztec } from './aztec/aztec.ts';
export { sampleDataMatrix } from './data-matrix/data-matrix.ts';
export { sampleLinear, sampleLinearQuick } from './linear/linear.ts';
export { samplePdf417, samplePdf417Quick } from './pdf417/pdf417.ts';
export { sampleQr, sampleQrQuick } from './qr/qr.ts';
export type { SampledRead, Sampler } from './sampler.ts';
export { createSightings, type Sightings } from './sightings.ts';
