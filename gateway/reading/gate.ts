import { openGrid } from './kernels/grid.ts';

/** A cell has changed when its mean moves by this many of 255 steps, */
const CELL_STEP = 6;
/** or, in noise, by so many times what the cells of a still scene move. */
const NOISE_STEPS = 8;
const CELL_STEP_LARGEST = 48;
/** Chance alone moves a cell or two. */
const CELLS_MOVED = 3;
/** What the noise is taken to be may grow by this part a frame; it falls at once. */
const NOISE_GROWS = 1.1;

/** Tells a new scene from the one before by one line in sixteen, in parts of sixteen pixels. */
export interface Gate {
  /** Whether the scene is another than when this was last true. */
  changed(luma: Uint8Array, width: number, height: number): boolean;
  /** Mean brightness of the last frame, 0 to 255. */
  readonly light: number;
}

/** About 0.03 ms at 1280 x 720. */
export function createGate(): Gate {
  const grid = openGrid();
  let size = { width: 0, height: 0 };
  let noise = CELL_STEP;
  let light = 0;

  return {
    changed(luma, width, height) {
      const seen = grid.look(luma, width, height);
      const moves = grid.moves();
      light = seen.light;
      noise = Math.min(middleMove(moves, seen.cells), (noise + 0.05) * NOISE_GROWS);
      const step = Math.min(CELL_STEP_LARGEST, Math.max(CELL_STEP, noise * NOISE_STEPS));
      let moved = 0;
      for (let move = Math.ceil(step); move < 256; move++) moved += moves[move] as number;
      const isOther = size.width !== width || size.height !== height;
      if (!isOther && moved < CELLS_MOVED) return false;
      if (isOther) size = { width, height };
      grid.keep();
      return true;
    },
    get light() {
      return light;
    },
  };
}

/** The middle one of the cells' moves: what a scene that stands still moves by is noise. */
function middleMove(moves: Int32Array, cells: number): number {
  let below = cells / 2;
  let move = 0;
  while (move < 255 && below > (moves[move] as number)) below -= moves[move++] as number;
  return move;
}
