export { meet } from './band';
export { fit } from './fit';
export { guards } from './guards';
export { halve, rays } from './picture';
export { lessMean, steps, waves } from './rows';
export { flatten, sums } from './sheet';
export { tensor } from './tensor';
export { upright } from './upright';

/** Where memory begins that the compiler keeps nothing in. */
export const base: usize = __heap_base;
