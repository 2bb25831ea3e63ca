/** Means of squares of `by` pixels; what is left at the right and below is not counted. */
export function shrink(from: usize, to: usize, w: i32, h: i32, by: i32): void {
  if (by === 2) {
    halve(from, to, w, h);
    return;
  }
  const wide = w / by;
  const high = h / by;
  const share: f32 = 1 / <f32>(by * by);
  for (let y = 0; y < high; y++) {
    for (let x = 0; x < wide; x++) {
      let at = from + <usize>(y * by * w + x * by);
      let sum = 0;
      for (let j = 0; j < by; j++) {
        for (let i = 0; i < by; i++) sum += <i32>load<u8>(at + i);
        at += w;
      }
      store<u8>(to++, <i32>(<f32>sum * share));
    }
  }
}

function halve(from: usize, to: usize, w: i32, h: i32): void {
  const wide = w >> 1;
  const high = h >> 1;
  for (let y = 0; y < high; y++) {
    const upper = from + <usize>(2 * y * w);
    for (let x = 0; x < wide; x += 8) {
      const at = upper + 2 * x;
      const sum = i16x8.add(
        i16x8.extadd_pairwise_i8x16_u(v128.load(at)),
        i16x8.extadd_pairwise_i8x16_u(v128.load(at + w)),
      );
      // What is written beyond the line's end is written anew by the next one.
      v128.store64_lane(to + x, i8x16.narrow_i16x8_u(i16x8.shr_u(sum, 2), sum), 0);
    }
    to += wide;
  }
}

/** Columns as lines. */
export function transpose(from: usize, to: usize, w: i32, h: i32): void {
  for (let top = 0; top < h; top += 16) {
    const rows = min(16, h - top);
    for (let x = 0; x < w; x++) {
      let at = from + <usize>(top * w + x);
      const out = to + <usize>(x * h + top);
      for (let y = 0; y < rows; y++) {
        store<u8>(out + y, load<u8>(at));
        at += w;
      }
    }
  }
}
