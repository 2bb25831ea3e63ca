/** Pictures that there is room for lines of. */
const WIDEST = 0x8000;

/**
 * A w x h picture out of another, each pixel mixed of the four around its place, then looked up
 * in a table of 256 tones. Places are 16.16: (startX, startY) for the first pixel, going on by
 * (acrossX, acrossY) a pixel and (downX, downY) a row; outside, the border goes on.
 * @param lines room for 8 bytes a column of what is made, then 2 bytes a column of what it is of
 */
export function warp(
  from: usize,
  fromW: i32,
  fromH: i32,
  to: usize,
  w: i32,
  h: i32,
  startX: i32,
  startY: i32,
  acrossX: i32,
  acrossY: i32,
  downX: i32,
  downY: i32,
  tones: usize,
  lines: usize,
): void {
  if (acrossY === 0 && downX === 0 && w > 0 && max(w, fromW) <= WIDEST) {
    upright(from, fromW, fromH, to, w, h, startX, startY, acrossX, downY, tones, lines);
    return;
  }
  const last = i32x4.splat(((fromW - 1) << 16) - 1);
  const low = i32x4.splat(((fromH - 1) << 16) - 1);
  const stride = i32x4.splat(fromW);
  const begin = i32x4.splat(<i32>from);
  const four = i32x4(0, 1, 2, 3);
  const overX = i32x4.splat(4 * acrossX);
  const overY = i32x4.splat(4 * acrossY);
  for (let row = 0; row < h; row++, to += w) {
    let x = i32x4.add(i32x4.splat(startX + row * downX), i32x4.mul(four, i32x4.splat(acrossX)));
    let y = i32x4.add(i32x4.splat(startY + row * downY), i32x4.mul(four, i32x4.splat(acrossY)));
    for (let column = 0; column < w; column += 4) {
      const inX = i32x4.min_s(i32x4.max_s(x, i32x4.splat(0)), last);
      const inY = i32x4.min_s(i32x4.max_s(y, i32x4.splat(0)), low);
      const line = i32x4.mul(i32x4.shr_s(inY, 16), stride);
      const at = i32x4.add(begin, i32x4.add(line, i32x4.shr_s(inX, 16)));
      const mixed = mix(at, fromW, inX, inY);
      const out = to + column;
      store<u8>(out, load<u8>(tones + i32x4.extract_lane(mixed, 0)));
      if (column + 4 <= w) {
        store<u8>(out, load<u8>(tones + i32x4.extract_lane(mixed, 1)), 1);
        store<u8>(out, load<u8>(tones + i32x4.extract_lane(mixed, 2)), 2);
        store<u8>(out, load<u8>(tones + i32x4.extract_lane(mixed, 3)), 3);
      } else {
        if (column + 1 < w) store<u8>(out, load<u8>(tones + i32x4.extract_lane(mixed, 1)), 1);
        if (column + 2 < w) store<u8>(out, load<u8>(tones + i32x4.extract_lane(mixed, 2)), 2);
      }
      x = i32x4.add(x, overX);
      y = i32x4.add(y, overY);
    }
  }
}

/** The four pixels around each of four places, each by how near it is. */
function mix(at: v128, stride: i32, x: v128, y: v128): v128 {
  const parts = i32x4.splat(255);
  const right = v128.and(i32x4.shr_s(x, 8), parts);
  const across = v128.or(i32x4.shl(right, 16), i32x4.sub(i32x4.splat(256), right));
  const under = v128.and(i32x4.shr_s(y, 8), parts);
  const a = <usize>i32x4.extract_lane(at, 0);
  const b = <usize>i32x4.extract_lane(at, 1);
  const c = <usize>i32x4.extract_lane(at, 2);
  const d = <usize>i32x4.extract_lane(at, 3);
  const upper = i32x4.dot_i16x8_s(pairs(a, b, c, d), across);
  const lower = i32x4.dot_i16x8_s(pairs(a + stride, b + stride, c + stride, d + stride), across);
  const more = i32x4.mul(i32x4.sub(lower, upper), under);
  const sum = i32x4.add(i32x4.add(i32x4.shl(upper, 8), more), i32x4.splat(32_768));
  return i32x4.shr_s(sum, 16);
}

/** Two neighbours at each of four places. */
function pairs(a: usize, b: usize, c: usize, d: usize): v128 {
  const one = v128.load16_lane(a, i16x8.splat(0), 0);
  const two = v128.load16_lane(b, one, 1);
  const three = v128.load16_lane(c, two, 2);
  return i16x8.extend_low_i8x16_u(v128.load16_lane(d, three, 3));
}

/** What is taken off so that 16 bits without signs fit into those with them. */
const MIDDLE: i32 = 0x8000;

/**
 * The same where rows stay rows: of two of them one is mixed, sixteen pixels at once, and out of
 * that a row is made, four pixels at once.
 */
function upright(
  from: usize,
  fromW: i32,
  fromH: i32,
  to: usize,
  w: i32,
  h: i32,
  startX: i32,
  startY: i32,
  acrossX: i32,
  downY: i32,
  tones: usize,
  lines: usize,
): void {
  const lastX = ((fromW - 1) << 16) - 1;
  const lastY = ((fromH - 1) << 16) - 1;
  const mixed = lines + ((<usize>w) << 3);
  const endX = startX + (w - 1) * acrossX;
  const left = min(max(min(startX, endX), 0), lastX) >> 16;
  const right = (min(max(max(startX, endX), 0), lastX) >> 16) + 2;
  plan(lines, w, startX, acrossX, lastX, mixed - ((<usize>left) << 1));
  const whole = i32x4.splat((MIDDLE << 8) + 32_768);
  for (let row = 0; row < h; row++, to += w) {
    const y = min(max(startY + row * downY, 0), lastY);
    mixRows(from + (y >> 16) * fromW + left, fromW, mixed, right - left, (y >> 8) & 255);
    let at = lines;
    let x = 0;
    for (; x + 4 <= w; x += 4, at += 32) {
      const two = v128.load32_zero(load<u32>(at));
      const four = v128.load32_lane(load<u32>(at, 8), two, 1);
      const six = v128.load32_lane(load<u32>(at, 16), four, 2);
      const eight = v128.load32_lane(load<u32>(at, 24), six, 3);
      const parts = i32x4.shuffle(v128.load(at), v128.load(at, 16), 1, 3, 5, 7);
      const sums = i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(eight, parts), whole), 16);
      store<u8>(to + x, load<u8>(tones + i32x4.extract_lane(sums, 0)));
      store<u8>(to + x, load<u8>(tones + i32x4.extract_lane(sums, 1)), 1);
      store<u8>(to + x, load<u8>(tones + i32x4.extract_lane(sums, 2)), 2);
      store<u8>(to + x, load<u8>(tones + i32x4.extract_lane(sums, 3)), 3);
    }
    for (; x < w; x++, at += 8) {
      const pair = load<u32>(at);
      const next = <i32>load<u16>(at, 6);
      const sum = <i32>load<i16>(pair) * (256 - next) + <i32>load<i16>(pair, 2) * next;
      store<u8>(to + x, load<u8>(tones + ((sum + (MIDDLE << 8) + 32_768) >> 16)));
    }
  }
}

/** For each pixel of a row where the two are that it is mixed of, and the parts of both. */
function plan(lines: usize, w: i32, x: i32, acrossX: i32, lastX: i32, row: usize): void {
  for (let column = 0; column < w; column++, x += acrossX, lines += 8) {
    const inX = min(max(x, 0), lastX);
    const next = (inX >> 8) & 255;
    store<u32>(lines, <u32>(row + ((<usize>(inX >> 16)) << 1)));
    store<u16>(lines, 256 - next, 4);
    store<u16>(lines, next, 6);
  }
}

/** Two rows, `next` of 256 parts of the lower one, less the middle of all that it may be. */
function mixRows(from: usize, stride: i32, to: usize, count: i32, next: i32): void {
  const upper = i16x8.splat(<i16>(256 - next));
  const lower = i16x8.splat(<i16>next);
  const middle = i16x8.splat(<i16>MIDDLE);
  for (let x = 0; x < count; x += 16, from += 16, to += 32) {
    const above = v128.load(from);
    const below = v128.load(from + stride);
    const left = i16x8.add(
      i16x8.mul(i16x8.extend_low_i8x16_u(above), upper),
      i16x8.mul(i16x8.extend_low_i8x16_u(below), lower),
    );
    const right = i16x8.add(
      i16x8.mul(i16x8.extend_high_i8x16_u(above), upper),
      i16x8.mul(i16x8.extend_high_i8x16_u(below), lower),
    );
    v128.store(to, i16x8.sub(left, middle));
    v128.store(to, i16x8.sub(right, middle), 16);
  }
}
