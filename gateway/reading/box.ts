/** A place in a picture where a code may stand, as the locator found it; pixels of the picture. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Mean alternating gradient inside; what is smooth scores near 1, codes 3 and more. */
  readonly score: number;
  /** How many times longer than wide, whichever way it lies: 1 for squares; where it is known. */
  readonly elongation?: number;
  /** How alike the directions of its edges are: 0 for modules all around, 1 for bars. */
  readonly coherence: number;
  /** The direction across the bars, in radians from the row, -π/2 to π/2. */
  readonly angle: number;
}
