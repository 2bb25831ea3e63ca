import type { Point } from './luma.ts';

/**
 * The treatments a picture is given, cheapest first: `box` is the plain box, `bars` the box turned
 * upright by its edges, `averaged` the mean of a track's last boxes, `sampled-…` our own decoders, and
 * `quick-…` these as far as they get in a millisecond.
 */
export type StageName =
  | 'box'
  | 'box-full'
  | 'box-small'
  | 'box-sharp'
  | 'bars'
  | 'bars-small'
  | 'bars-large'
  | 'averaged'
  | 'levelled'
  | 'softened'
  | 'whole'
  | 'enlarged'
  | 'quick-qr'
  | 'quick-linear'
  | 'quick-pdf417'
  | 'sampled-qr'
  | 'sampled-aztec'
  | 'sampled-datamatrix'
  | 'sampled-pdf417'
  | 'sampled-linear'
  | 'bars-thorough'
  | 'sharpened'
  | 'coarse'
  | 'thorough';

/** One code as a stage read it, in pixels of the whole picture. */
export interface Read {
  readonly text: string;
  /** zxing's name, such as `QRCode`. */
  readonly symbology: string;
  readonly corners: readonly [Point, Point, Point, Point];
  readonly stage: StageName;
  /** Whether it counts: it checks itself, has a ticket's shape, or two frames agreed on it. */
  readonly believed: boolean;
}
