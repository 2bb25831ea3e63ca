export { type Cloud, type CloudOptions, createCloud } from './cloud.ts';
export { cloudErrors } from './errors.ts';
export { type RunOptions, runCloud } from './main.ts';
export { systemClock } from './ports.ts';
