/** 2x2 means of a w x h picture; writes (w >> 1) x (h >> 1) bytes. */
export function halve(from: usize, to: usize, w: i32, h: i32): void {
  const halfW = w >> 1;
  const halfH = h >> 1;
  const vectors = halfW >> 3;
  const two = i16x8.splat(2);
  for (let y = 0; y < halfH; y++) {
    let upper = from + <usize>(2 * y) * w;
    let lower = upper + w;
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
