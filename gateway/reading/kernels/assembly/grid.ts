/** Pixels of a cell's side. */
const CELL = 16;

/**
 * Sums of cells of 16 x 1 pixels, u16 each, of lines that lie `stride` bytes apart; the sum of all.
 * What is left of a whole cell at the right is not counted.
 */
export function grid(from: usize, to: usize, stride: i32, columns: i32, rows: i32): f64 {
  let total: i64 = 0;
  for (let row = 0; row < rows; row++) {
    let at = from + <usize>row * stride;
    for (let column = 0; column < columns; column++) {
      const pairs = i16x8.extadd_pairwise_i8x16_u(v128.load(at));
      const fours = i32x4.extadd_pairwise_i16x8_u(pairs);
      const eights = i32x4.add(fours, i32x4.shuffle(fours, fours, 2, 3, 0, 1));
      const sum = i32x4.extract_lane(eights, 0) + i32x4.extract_lane(eights, 1);
      store<u16>(to, sum);
      total += sum;
      at += CELL;
      to += 2;
    }
  }
  return <f64>total;
}

/** Counts how far the means of cells differ: 256 i32. */
export function moves(now: usize, last: usize, bins: usize, count: i32): void {
  memory.fill(bins, 0, 1024);
  for (let i = 0; i < count; i++) {
    const move = abs(<i32>load<u16>(now) - <i32>load<u16>(last)) >> 4;
    const bin = bins + ((<usize>move) << 2);
    store<i32>(bin, load<i32>(bin) + 1);
    now += 2;
    last += 2;
  }
}
