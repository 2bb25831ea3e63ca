const COLUMNS = 80;
const ROWS = 45;
/** Samples per cell along each side. */
const SAMPLES = 4;
/** A cell has changed when its mean moves by this many of 255 steps. */
const CELL_STEP = 6;
/** Noise alone moves a cell or two. */
const CELLS_MIN = 3;

/** Tells a new scene from the one before by the means of an 80 × 45 grid. */
export function createChange(): (luma: Uint8Array, width: number, height: number) => boolean {
  let last = new Uint8Array(0);
  return (luma, width, height) => {
    const now = new Uint8Array(COLUMNS * ROWS);
    let changed = 0;
    for (let row = 0; row < ROWS; row++) {
      for (let column = 0; column < COLUMNS; column++) {
        const cell = row * COLUMNS + column;
        now[cell] = mean(luma, width, height, row, column);
        if (Math.abs((now[cell] as number) - (last[cell] ?? 255)) >= CELL_STEP) changed++;
      }
    }
    const first = last.length === 0;
    if (first || changed >= CELLS_MIN) last = now;
    return first || changed >= CELLS_MIN;
  };
}

function mean(luma: Uint8Array, width: number, height: number, row: number, column: number) {
  const stepX = width / COLUMNS / SAMPLES;
  const stepY = height / ROWS / SAMPLES;
  let sum = 0;
  for (let y = 0; y < SAMPLES; y++) {
    const line = Math.floor((row * SAMPLES + y + 0.5) * stepY) * width;
    for (let x = 0; x < SAMPLES; x++) {
      sum += luma[line + Math.floor((column * SAMPLES + x + 0.5) * stepX)] as number;
    }
  }
  return sum / (SAMPLES * SAMPLES);
}
