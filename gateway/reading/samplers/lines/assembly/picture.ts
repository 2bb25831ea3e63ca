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
  for (let line = 0; line < lines; line++) {
    const x = startX + line * downX;
    const y = startY + line * downY;
    ray(from, w, h, to + <usize>(line * pitch), count, x, y, acrossX, acrossY);
  }
}

/** One line of samples from (x, y) on: `count` of them, and up to seven more. */
export function ray(
  from: usize,
  w: i32,
  h: i32,
  to: usize,
  count: i32,
  x: i32,
  y: i32,
  acrossX: i32,
  acrossY: i32,
): void {
  const steps = i32x4(0, 1, 2, 3);
  const fourX = i32x4.splat(acrossX << 2);
  const fourY = i32x4.splat(acrossY << 2);
  const lastX = i32x4.splat(((w - 1) << 16) - 1);
  const lastY = i32x4.splat(((h - 1) << 16) - 1);
  const none = i32x4.splat(0);
  let xs = i32x4.add(i32x4.splat(x), i32x4.mul(steps, i32x4.splat(acrossX)));
  let ys = i32x4.add(i32x4.splat(y), i32x4.mul(steps, i32x4.splat(acrossY)));
  const end = to + ((<usize>count) << 1);
  while (to < end) {
    const x1 = i32x4.min_s(i32x4.max_s(xs, none), lastX);
    const y1 = i32x4.min_s(i32x4.max_s(ys, none), lastY);
    xs = i32x4.add(xs, fourX);
    ys = i32x4.add(ys, fourY);
    const x2 = i32x4.min_s(i32x4.max_s(xs, none), lastX);
    const y2 = i32x4.min_s(i32x4.max_s(ys, none), lastY);
    xs = i32x4.add(xs, fourX);
    ys = i32x4.add(ys, fourY);
    v128.store(to, mixed(from, w, x1, y1, x2, y2));
    to += 16;
  }
}

/** Eighths of a level at eight places: the four pixels around each, by how near they are. */
function mixed(from: usize, stride: i32, x1: v128, y1: v128, x2: v128, y2: v128): v128 {
  const pitch = i32x4.splat(stride);
  const at1 = i32x4.add(i32x4.mul(i32x4.shr_s(y1, 16), pitch), i32x4.shr_s(x1, 16));
  const at2 = i32x4.add(i32x4.mul(i32x4.shr_s(y2, 16), pitch), i32x4.shr_s(x2, 16));
  let at = from + i32x4.extract_lane(at1, 0);
  let upper = v128.load16_splat(at);
  let lower = v128.load16_splat(at + stride);
  at = from + i32x4.extract_lane(at1, 1);
  upper = v128.load16_lane(at, upper, 1);
  lower = v128.load16_lane(at + stride, lower, 1);
  at = from + i32x4.extract_lane(at1, 2);
  upper = v128.load16_lane(at, upper, 2);
  lower = v128.load16_lane(at + stride, lower, 2);
  at = from + i32x4.extract_lane(at1, 3);
  upper = v128.load16_lane(at, upper, 3);
  lower = v128.load16_lane(at + stride, lower, 3);
  at = from + i32x4.extract_lane(at2, 0);
  upper = v128.load16_lane(at, upper, 4);
  lower = v128.load16_lane(at + stride, lower, 4);
  at = from + i32x4.extract_lane(at2, 1);
  upper = v128.load16_lane(at, upper, 5);
  lower = v128.load16_lane(at + stride, lower, 5);
  at = from + i32x4.extract_lane(at2, 2);
  upper = v128.load16_lane(at, upper, 6);
  lower = v128.load16_lane(at + stride, lower, 6);
  at = from + i32x4.extract_lane(at2, 3);
  upper = v128.load16_lane(at, upper, 7);
  lower = v128.load16_lane(at + stride, lower, 7);
  const low = i32x4.splat(255);
  const right = i16x8.narrow_i32x4_s(
    v128.and(i32x4.shr_u(x1, 8), low),
    v128.and(i32x4.shr_u(x2, 8), low),
  );
  const down = i16x8.narrow_i32x4_s(
    v128.and(i32x4.shr_u(y1, 1), i32x4.splat(32_767)),
    v128.and(i32x4.shr_u(y2, 1), i32x4.splat(32_767)),
  );
  const above = sideways(upper, right);
  const more = i16x8.q15mulr_sat_s(i16x8.sub(sideways(lower, right), above), down);
  return i16x8.shr_u(i16x8.add(i16x8.add(above, more), i16x8.splat(8)), 4);
}

/** Of two pixels in the bytes of each lane their mean by `right` 256ths, in 128ths of a level. */
function sideways(pairs: v128, right: v128): v128 {
  const left = v128.and(pairs, i16x8.splat(255));
  const step = i16x8.sub(i16x8.shr_u(pairs, 8), left);
  const mean = i16x8.add(i16x8.shl(left, 8), i16x8.mul(step, right));
  return i16x8.shr_u(mean, 1);
}
