import { playForSum } from './jobs.ts';
import type { Evening } from './venue.ts';

/** A process of its own that plays the evenings it is sent. */
process.on('message', async (evening: Evening) => process.send?.(await playForSum(evening)));
