export { HINTS, type Hint, hintTexts } from './hints.ts';
export * from './table.ts';
export * from './words.ts';
