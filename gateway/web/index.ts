export * from './events.ts';
export { doctorWords } from './texts/index.ts';
