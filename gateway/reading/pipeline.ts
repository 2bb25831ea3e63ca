import type { FrameFigures } from './figures.ts';
import type { Luma } from './luma.ts';
import type { Read, StageName } from './read.ts';
import type { ZXing } from './zxing.ts';

export interface PipelineParts {
  readonly zxing: ZXing;
  /** Later stages begin while a frame has taken less than this; 0 leaves the first pass alone. */
  readonly budgetMs?: number;
  /** The stages to use; all, if left out. */
  readonly stages?: readonly StageName[];
  /** Milliseconds, for the budget and the figures. */
  readonly now?: () => number;
}

/** What came of one frame. */
export interface FrameResult {
  readonly reads: readonly Read[];
  readonly figures: FrameFigures;
  /** False where the scene stood still and nothing was owed. */
  readonly looked: boolean;
}

/** The frames of one camera in their order, or stills without any. */
export interface Pipeline {
  /**
   * @param at when the frame was taken, in milliseconds of a clock that only goes forward
   * @param formats zxing's names
   */
  frame(picture: Luma, at: number, formats: readonly string[]): FrameResult;
  /** All stages on one picture; remembers nothing. */
  still(picture: Luma, formats: readonly string[]): Read[];
}
