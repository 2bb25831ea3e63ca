export * from './table.ts';
export * from './words.ts';
