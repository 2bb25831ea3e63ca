export { createReadQuality, type ReadQuality } from './read-quality.ts';
