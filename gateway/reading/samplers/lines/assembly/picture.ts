/** 2x2 means of a part of a picture whose rows are `stride` bytes apart; w and h are halved. */
export function halve(from: usize, stride: i32, w: i32, h: i32, to: usize): void {
  const halfW = w >> 1;
  const halfH = h >> 1;
  const vectors = halfW >> 3;
  const two = i16x8.splat(2);
  for (let y = 0; y < halfH; y++) {
    let upper = from + <usize>(2 * y) * stride;
    let lower = upper + stride;
    let out = to + <usize>y * halfW;
    for (let i = 0; i < vectors; i++) {
      const sum = i16x8.add(
        i16x8.extadd_pairwise_i8x16_u(v128.load(upper)),
        i16x8.extadd_pairwise_i8x16_u(v128.load(lower)),
      );
      const mean = i16x8.shr_u(i16x8.add(sum, two), 2);
      v128.store64_lane(out, i8x16.narrow_i16x8_u(mean, mean), 0);
      upper += 16;
      lower += 16;
      out += 8;
    }
    for (let x = vectors << 3; x < halfW; x++) {
      const above = <i32>load<u8>(upper) + load<u8>(upper, 1);
      store<u8>(out, (above + load<u8>(lower) + load<u8>(lower, 1) + 2) >> 2);
      upper += 2;
      lower += 2;
      out += 1;
    }
  }
}

/**
 * Lines of samples, i16 in eighths of a level, each mixed of the four pixels around its place.
 * Places are 16.16; from one line to the next is (downX, downY); outside, the border goes on.
 */
export function rays(
  from: usize,
  w: i32,
  h: i32,
  to: usize,
  lines: i32,
  count: i32,
  pitch: i32,
  startX: i32,
  startY: i32,
  acrossX: i32,
  acrossY: i32,
  downX: i32,
  downY: i32,
): void {
  const lastX = ((w - 1) << 16) - 1;
  const lastY = ((h - 1) << 16) - 1;
  for (let line = 0; line < lines; line++) {
    let x = startX + line * downX;
    let y = startY + line * downY;
    const endX = x + (count - 1) * acrossX;
    const endY = y + (count - 1) * acrossY;
    const isInside =
      min(x, endX) >= 0 && max(x, endX) <= lastX && min(y, endY) >= 0 && max(y, endY) <= lastY;
    let out = to + <usize>(line * pitch);
    const end = out + <usize>(count << 1);
    if (isInside) {
      while (out < end) {
        store<i16>(out, mixed(from, w, x, y));
        out += 2;
        x += acrossX;
        y += acrossY;
      }
    } else {
      while (out < end) {
        store<i16>(out, mixed(from, w, min(max(x, 0), lastX), min(max(y, 0), lastY)));
        out += 2;
        x += acrossX;
        y += acrossY;
      }
    }
  }
}

/** Eighths of a level: the four pixels around a place, each by how near it is. */
function mixed(from: usize, stride: i32, x: i32, y: i32): i32 {
  const at = from + (y >> 16) * stride + (x >> 16);
  const right = (x >> 8) & 255;
  const two = <i32>load<u16>(at);
  const twoBelow = <i32>load<u16>(at + stride);
  const upper = ((two & 255) << 8) + ((two >> 8) - (two & 255)) * right;
  const lower = ((twoBelow & 255) << 8) + ((twoBelow >> 8) - (twoBelow & 255)) * right;
  return ((upper << 8) + (lower - upper) * ((y >> 8) & 255) + 4_096) >> 13;
}
