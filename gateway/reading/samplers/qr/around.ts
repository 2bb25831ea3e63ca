/** Modules to each side whose mean is the threshold. */
const AROUND = 4;

/** Sums over all that is above and to the left of each corner, of a square of values. */
export function sumsOf(values: Float32Array, size: number): Float64Array {
  const wide = size + 1;
  const sums = new Float64Array(wide * wide);
  for (let y = 0; y < size; y++) {
    let row = 0;
    for (let x = 0; x < size; x++) {
      row += values[y * size + x]!;
      sums[(y + 1) * wide + x + 1] = sums[y * wide + x + 1]! + row;
    }
  }
  return sums;
}

/** The mean of the values around a place, by their sums. */
export function meanAt(sums: Float64Array, size: number, x: number, y: number): number {
  const wide = size + 1;
  const top = Math.max(0, y - AROUND);
  const below = Math.min(size, y + AROUND + 1);
  const left = Math.max(0, x - AROUND);
  const right = Math.min(size, x + AROUND + 1);
  const sum =
    sums[below * wide + right]! -
    sums[top * wide + right]! -
    sums[below * wide + left]! +
    sums[top * wide + left]!;
  return sum / ((right - left) * (below - top));
}
