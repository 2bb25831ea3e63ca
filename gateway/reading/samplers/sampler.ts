import type { Box } from '../box.ts';
import type { Luma, Point } from '../luma.ts';
import type { ZXing } from '../zxing.ts';

/** One code as a sampler read it, in pixels of the whole picture. */
export interface SampledRead {
  readonly text: string;
  /** zxing's name. */
  readonly symbology: string;
  readonly corners: readonly [Point, Point, Point, Point];
}

/**
 * Looks for one kind of code in one box of a picture. Remembers nothing, and ends after a bounded
 * amount of work whatever is in the box.
 */
export type Sampler = (picture: Luma, box: Box, zxing: ZXing) => SampledRead[];
