import type { Box } from '../../box.ts';
import type { Luma, Point } from '../../luma.ts';
import type { Plane } from '../plane.ts';
import type { Turned } from '../turned.ts';

/** A band of lines averaged along the bars. */
export interface Band {
  /** Levels, one a sample. */
  readonly values: Float32Array;
  /** How much of what the middle lines show all lines share: 1 for bars, 0 for what has none. */
  readonly lasting: number;
}

/** How the edges of a line fit to modules. */
export interface Fit {
  /** How much wider modules become along the code. */
  readonly slant: number;
  /** How near edges are to modules' edges: 1 at them, 0 by chance, -1 halfway between. */
  readonly fitting: number;
}

/** A view turned upright, and where the kernels have it. */
export interface Upright {
  /** Pixels between its lines. */
  readonly apart: number;
  readonly rows: number;
  readonly columns: number;
  readonly at: number;
  readonly fields: Float64Array;
}

/** A plane laid flat, and where the kernels have it. */
export interface Flat {
  readonly at: number;
  readonly columns: number;
  readonly lines: number;
  /** Samples from one line to the next. */
  readonly pitch: number;
}

/** By line and part of a flat plane how far the lines above differ from those below. */
export interface Steps {
  readonly at: number;
  readonly parts: number;
  readonly lines: number;
  readonly stride: number;
}

/** How much of one wave is in the lines of each part, and in all of them. */
export interface Wave {
  readonly cos: Float32Array;
  readonly sin: Float32Array;
  readonly power: number;
}

/** Work on lines across the bars in one part of a picture. Places are those of the picture. */
export interface Lines {
  /** Copies the part of a picture in that is in a box and so many pixels around it. */
  look(picture: Luma, box: Box, around: number): void;
  /** Directions across the bars in a box at half and at quarter size, radians from the row. */
  angles(box: Box): number[];
  /**
   * The mean of BAND_LINES lines, each shifted so that the bars meet: by a lean, and by one that
   * changes along the lines.
   * @param from the first sample of the middle line; `across` to the next one, `down` to the next
   * line's
   * @param count samples, at most LINE_MAX
   * @param least below this share that all lines have in common no closer look is taken
   */
  band(from: Point, across: Point, down: Point, count: number, least: number): Band;
  /** The edges to be fitted, as shares of the way along a code. */
  edges(shares: Float32Array): void;
  /** The slant among steps `first` to `last`, and half a step about it, that fits best. */
  fit(modules: number, step: number, first: number, last: number): Fit;
  /**
   * Turns what was looked at upright, as lines some pixels apart. Good until the next look.
   * @param view of the picture and around no more than was looked at
   */
  turn(view: Turned): Upright;
  /**
   * Start and stop patterns of PDF417 along the lines of an upright view, each `taps` of them
   * taken together, every `step` of them: four figures a hit, which are good until the next call.
   * They are the pattern (0 start, 1 stop, 2 and 3 these backwards; 4 more for light on dark), the
   * line's s, and where on it the pattern begins and ends. At most HITS_MAX.
   */
  guards(view: Upright, taps: number, step: number, faint: boolean): Float32Array;
  /** A plane laid flat from (0, 0) to (1, 1). Good until the next look. */
  flatten(plane: Plane, columns: number, lines: number): Flat;
  /** Its samples in eighths of a level; good until anything else is laid flat or turned. */
  values(flat: Flat): Int16Array;
  /** The sums of its columns from line `first` to before `last`; good until the next call. */
  sums(flat: Flat, first: number, last: number): Int32Array;
  /**
   * Steps over `reach` lines (15 at most), less their mean over so many lines around.
   * @param begins the parts' first columns, and where the last one ends
   */
  steps(flat: Flat, reach: number, begins: readonly number[], around: number): Steps;
  /** A wave of so many lines; its lists are good until the next call. */
  waves(steps: Steps, height: number): Wave;
}
