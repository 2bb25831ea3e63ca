/** Edges of one line of brightness, in turn falling and rising. */
export interface Edges {
  /** Places along the line, in samples. */
  readonly at: Float32Array;
  /** How many of `at` count. */
  count: number;
  /** Whether the first of them goes from light to dark. */
  firstFalls: boolean;
}

/** Room for the edges of lines of up to `length` samples. */
export function edgesFor(length: number): Edges {
  return { at: new Float32Array(length + 1), count: 0, firstFalls: true };
}

/**
 * Finds the edges between peaks and valleys that differ by `swing` or more: where the line crosses
 * the middle between the two. The threshold is thus each edge's own, which bears shade and blur.
 * Cost: about 3 ns a sample.
 */
export function findEdges(line: Float32Array, length: number, swing: number, out: Edges): void {
  out.count = 0;
  let low = 0;
  let high = 0;
  // 0 until the line has first moved by a swing, then whether it is on its way up or down.
  let way = 0;
  for (let i = 1; i < length; i++) {
    const value = line[i]!;
    if (way >= 0 && value > line[high]!) high = i;
    if (way <= 0 && value < line[low]!) low = i;
    if (way >= 0 && line[high]! - value >= swing) {
      if (way > 0) add(line, low, high, out);
      else out.firstFalls = true;
      way = -1;
      low = i;
    } else if (way <= 0 && value - line[low]! >= swing) {
      if (way < 0) add(line, high, low, out);
      else out.firstFalls = false;
      way = 1;
      high = i;
    }
  }
  if (way > 0) add(line, low, high, out);
  if (way < 0) add(line, high, low, out);
}

/** The crossing of the middle between two turning points, nearest to the steepest place. */
function add(line: Float32Array, from: number, to: number, out: Edges): void {
  const middle = (line[from]! + line[to]!) / 2;
  const rises = line[to]! > line[from]!;
  let i = from;
  while (i < to && (rises ? line[i + 1]! < middle : line[i + 1]! > middle)) i++;
  const step = line[i + 1]! - line[i]!;
  out.at[out.count++] = i + (step === 0 ? 0.5 : (middle - line[i]!) / step);
}
