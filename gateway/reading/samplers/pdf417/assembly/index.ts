export { column } from './words';

/** Where memory begins that the compiler keeps nothing in. */
export const base: usize = __heap_base;
