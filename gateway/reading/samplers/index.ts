export { samplePdf417 } from './pdf417/pdf417.ts';
export type { SampledRead, Sampler } from './sampler.ts';
