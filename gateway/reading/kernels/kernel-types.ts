import type { Luma } from '../luma.ts';

/** Where in the taken picture (or its half) the pixels of another come from, in its pixels. */
export interface Placement {
  readonly width: number;
  readonly height: number;
  /** The place of the first pixel. */
  readonly start: readonly [x: number, y: number];
  /** From one pixel to the next of a row. */
  readonly across: readonly [x: number, y: number];
  /** From one row to the next. */
  readonly down: readonly [x: number, y: number];
  /** Places are those of the half-size picture, which `gradients` or `halve` has made. */
  readonly half?: boolean;
}

/** Sums over square blocks, row by row: of the half-size picture, or coarse of its half. */
export interface Gradients {
  /** Pixels of a block's side: 16, coarse 32. */
  readonly block: 16 | 32;
  readonly columns: number;
  readonly rows: number;
  /**
   * Eight a block, over 64 samples: |gx|, gx, |gy|, gy of differences to the next pixel, then sx²,
   * sy², sx sy of Sobel's, which are eight times as large, and brightness.
   */
  readonly sums: Int32Array;
  /** The alternating gradient over 3 x 3 blocks: divide by 576 for the mean of a pixel. */
  readonly scores: Int32Array;
}

/** Scores of blocks from which noise and what is narrow were taken away, and the best of them. */
export interface Opened {
  readonly field: Int32Array;
  readonly best: number;
}

/** What the quiet blocks of a frame have. */
export interface Quiet {
  /** The most that they score, as the mean of a sample. */
  readonly score: number;
  /** The mean sum of a block's sx² and sy². */
  readonly squares: number;
}

/**
 * The numbers of a patch: its left, top, right and bottom block, how many blocks, the sum of their
 * scores; blocks of the finer size, and the sums of their sx², sy² and sx sy; the sums of its
 * blocks' columns, rows, their squares and products.
 */
export const PATCH_FIELDS = 15;

/**
 * Work on pictures. What comes back is the kernel's own memory: `halve` and `gradients` are valid
 * until the next `take`, what is made of them until the next call of the same name.
 */
export interface Kernel {
  /**
   * Takes a picture in at half its size; its own rows are copied when something is made of them, so
   * it stays as it is until the next. @throws RangeError where it is shorter than its size
   */
  take(picture: Luma): void;
  halve(): Luma;
  gradients(): Gradients;
  /** Of the quarter-size picture; after `gradients`. */
  coarse(): Gradients;
  /**
   * The scores of either, no more than nine times a block's own edges, less `off` and not below
   * 0, without what is narrower than three blocks: the least and then the most of 3 x 3.
   */
  opened(gradients: Gradients, off: number): Opened;
  /** What the quietest blocks of either have: noise, where a fifth of a frame is empty. */
  quiet(gradients: Gradients): Quiet;
  /**
   * Blocks that hang together where what was opened last is `level` or more: `PATCH_FIELDS` numbers
   * each, see there.
   */
  patches(gradients: Gradients, level: number): Float64Array;
  /** @param tones 256 tones to look the result up in */
  warp(placement: Placement, tones?: Uint8Array): Luma;
  /** Each pixel with its neighbours, 1-2-1 both ways. */
  soften(picture: Luma): Luma;
  /** Unsharp mask: `strength` sixteenths of the difference to the mean of 2 radius + 1 squared. */
  sharpen(picture: Luma, radius: number, strength: number): Luma;
  /**
   * How far each pixel is from the mean of 2 radius + 1 squared, 128 being that and 60 tones the
   * usual deviation there. The radius is 127 at most.
   */
  level(picture: Luma, radius: number): Luma;
}
