export * from './beacon.ts';
export * from './bytes.ts';
export * from './canonical.ts';
export * from './digits.ts';
export * from './kinds.ts';
export * from './regular.ts';
export * from './rotating.ts';
export * from './secure.ts';
