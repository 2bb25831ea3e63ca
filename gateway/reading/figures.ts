import type { StageName } from './read.ts';

/** What one frame was like, for who judges how well a lane can read; see docs/reading.md. */
export interface FrameFigures {
  /** Between the dark and the light of the best box (of the frame, where no box is): 0 to 1. */
  readonly contrast: number;
  /** Estimated pixels of one module or thinnest bar in the best box; 0 where unknown. */
  readonly modulePx: number;
  /** Estimated width of an edge's blur in the best box, in pixels; 0 where unknown. */
  readonly blurPx: number;
  /** Share of the best box that is clipped to white: 0 to 1. */
  readonly clipped: number;
  /** Share of the whole frame that is clipped to white: 0 to 1. */
  readonly white: number;
  /** How dark the frame is: 0 for white, 1 for black. */
  readonly dark: number;
  /** Stages tried on this frame; 0 for a frame that nothing was owed. */
  readonly tries: number;
  /** The stage that read, if one did. */
  readonly stage?: StageName | undefined;
  /** Milliseconds of the decoder's thread. */
  readonly ms: number;
  /** Places where a code may stand. */
  readonly boxes: number;
  /** Side of a square as large as the best of them, in parts of the frame's height; 0 without. */
  readonly boxSize: number;
}
