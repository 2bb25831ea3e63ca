import type { Box } from '../box.ts';
import type { Luma, Point } from '../luma.ts';
import type { ZXing } from '../zxing.ts';
import type { Sightings } from './sightings.ts';

/** One code as a sampler read it, in pixels of the whole picture. */
export interface SampledRead {
  readonly text: string;
  /** zxing's name. */
  readonly symbology: string;
  readonly corners: readonly [Point, Point, Point, Point];
}

/**
 * Looks for one kind of code in one box of a picture, and ends after a bounded amount of work
 * whatever is in the box. Remembers nothing but, in `sightings`, what it saw of a symbol that it
 * could not read: the next frames of the place are taken together with it.
 */
export type Sampler = (
  picture: Luma,
  box: Box,
  zxing: ZXing,
  sightings?: Sightings,
) => SampledRead[];
