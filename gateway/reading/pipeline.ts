import { type BeliefOptions, createBelief } from './believe.ts';
import type { FrameFigures } from './figures.ts';
import { createFrames, FRAME_BUDGET_MS } from './frames.ts';
import { openKernel } from './kernels/kernel.ts';
import type { Kernel } from './kernels/kernel-types.ts';
import type { Luma } from './luma.ts';
import type { Read, StageName } from './read.ts';
import { createStills } from './stills.ts';
import type { ZXing } from './zxing.ts';

export interface PipelineParts {
  readonly zxing: ZXing;
  /** One may serve several pipelines of a thread. */
  readonly kernel?: Kernel;
  /** Later stages begin while a frame has taken less than this; 0 leaves the first pass alone. */
  readonly budgetMs?: number;
  /** The stages to use; all, if left out. */
  readonly stages?: readonly StageName[];
  /** What tickets look like here. */
  readonly belief?: BeliefOptions | undefined;
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

/** Everything between a picture's brightness and the texts in it; for one thread. */
export function createPipeline(parts: PipelineParts): Pipeline {
  const { zxing, kernel = openKernel(), stages, now = () => performance.now() } = parts;
  const belief = createBelief(parts.belief);
  const uses = (name: StageName) => stages === undefined || stages.includes(name);
  const budgetMs = parts.budgetMs ?? FRAME_BUDGET_MS;
  return {
    frame: createFrames({ zxing, kernel, belief, uses, now, budgetMs }),
    still: createStills({ zxing, kernel, belief, uses }),
  };
}
