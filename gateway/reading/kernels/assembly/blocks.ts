/** Bytes of one block's sums: |gx|, gx, |gy|, gy, sx sx, sy sy, sx sy, brightness; i32 each. */
export const BLOCK_BYTES: usize = 32;

/**
 * Sums of the gradients over blocks of 8 x 8; what is left of a whole block at the right and
 * below, and the last column and row, are not counted. g is the difference to the next pixel; s is
 * Sobel's, eight times as large, in which noise is the same in all directions. The border goes on.
 */
export function blocks(from: usize, to: usize, w: i32, h: i32): void {
  const columns = (w - 1) >> 3;
  const rows = (h - 1) >> 3;
  for (let row = 0; row < rows; row++) {
    let at = from + <usize>(row * 8) * w;
    for (let column = 0; column < columns; column++) {
      sum(at, row > 0 ? at - w : at, w, column > 0, to);
      to += BLOCK_BYTES;
      at += 8;
    }
  }
}

/** The pixels to the left of eight. */
function leftOf(at: usize, here: v128, isInside: bool): v128 {
  if (isInside) return v128.load8x8_u(at - 1);
  return i16x8.shuffle(here, here, 0, 0, 1, 2, 3, 4, 5, 6);
}

function sum(from: usize, above: usize, stride: i32, isInside: bool, to: usize): void {
  let absX = i16x8.splat(0);
  let sumX = absX;
  let absY = absX;
  let sumY = absX;
  let xx = absX;
  let yy = absX;
  let xy = absX;
  let light = absX;
  // Of the row above, this one and the one below: right less left, and 1-2-1 along the row.
  let here = v128.load8x8_u(from);
  let right = v128.load8x8_u(from + 1);
  let left = leftOf(from, here, isInside);
  let slope = i16x8.sub(right, left);
  let mean = i16x8.add(i16x8.add(left, right), i16x8.add(here, here));
  let slopeAbove = slope;
  let meanAbove = mean;
  if (above !== from) {
    const before = v128.load8x8_u(above);
    const beside = v128.load8x8_u(above + 1);
    left = leftOf(above, before, isInside);
    slopeAbove = i16x8.sub(beside, left);
    meanAbove = i16x8.add(i16x8.add(left, beside), i16x8.add(before, before));
  }
  for (let y = 0; y < 8; y++) {
    from += stride;
    const below = v128.load8x8_u(from);
    const rightBelow = v128.load8x8_u(from + 1);
    left = leftOf(from, below, isInside);
    const slopeBelow = i16x8.sub(rightBelow, left);
    const meanBelow = i16x8.add(i16x8.add(left, rightBelow), i16x8.add(below, below));
    const gx = i16x8.sub(right, here);
    const gy = i16x8.sub(below, here);
    absX = i16x8.add(absX, i16x8.abs(gx));
    sumX = i16x8.add(sumX, gx);
    absY = i16x8.add(absY, i16x8.abs(gy));
    sumY = i16x8.add(sumY, gy);
    const sx = i16x8.add(i16x8.add(slopeAbove, slopeBelow), i16x8.add(slope, slope));
    const sy = i16x8.sub(meanBelow, meanAbove);
    xx = i32x4.add(xx, i32x4.dot_i16x8_s(sx, sx));
    yy = i32x4.add(yy, i32x4.dot_i16x8_s(sy, sy));
    xy = i32x4.add(xy, i32x4.dot_i16x8_s(sx, sy));
    light = i16x8.add(light, here);
    here = below;
    right = rightBelow;
    slopeAbove = slope;
    slope = slopeBelow;
    meanAbove = mean;
    mean = meanBelow;
  }
  v128.store(
    to,
    across(
      i32x4.extadd_pairwise_i16x8_s(absX),
      i32x4.extadd_pairwise_i16x8_s(sumX),
      i32x4.extadd_pairwise_i16x8_s(absY),
      i32x4.extadd_pairwise_i16x8_s(sumY),
    ),
  );
  v128.store(to, across(xx, yy, xy, i32x4.extadd_pairwise_i16x8_s(light)), 16);
}

/** The sums of the lanes of each of four. */
function across(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = pairs(a, b);
  const cd = pairs(c, d);
  return i32x4.add(i32x4.shuffle(ab, cd, 0, 1, 4, 5), i32x4.shuffle(ab, cd, 2, 3, 6, 7));
}

/** Of each of two the sums of its even and of its odd lanes: a, b, a, b. */
function pairs(a: v128, b: v128): v128 {
  return i32x4.add(i32x4.shuffle(a, b, 0, 4, 1, 5), i32x4.shuffle(a, b, 2, 6, 3, 7));
}

/**
 * The alternating gradient of each block with its neighbours: what bars and modules have and a
 * lone edge has not. Blocks at the border count their missing neighbours as themselves.
 */
export function scores(from: usize, to: usize, columns: i32, rows: i32): void {
  for (let row = 0; row < rows; row++) {
    const above = max(row - 1, 0);
    const under = min(row + 1, rows - 1);
    for (let column = 0; column < columns; column++) {
      const left = max(column - 1, 0);
      const right = min(column + 1, columns - 1);
      let all = three(from, above * columns, left, column, right);
      all = i32x4.add(all, three(from, row * columns, left, column, right));
      all = i32x4.add(all, three(from, under * columns, left, column, right));
      const lone = i32x4.abs(all);
      const x = i32x4.extract_lane(all, 0) - i32x4.extract_lane(lone, 1);
      const y = i32x4.extract_lane(all, 2) - i32x4.extract_lane(lone, 3);
      store<i32>(to, x + y);
      to += 4;
    }
  }
}

function three(from: usize, start: i32, left: i32, column: i32, right: i32): v128 {
  const a = v128.load(from + <usize>(start + left) * BLOCK_BYTES);
  const b = v128.load(from + <usize>(start + column) * BLOCK_BYTES);
  const c = v128.load(from + <usize>(start + right) * BLOCK_BYTES);
  return i32x4.add(i32x4.add(a, b), c);
}
