/**
 * By line and part how far the `reach` lines above differ from those below, f32: the root of the
 * mean square over the part's columns. Parts are from one of `begins` (i32) to the next; `stride`
 * of them is a multiple of four, and what is beyond `parts` is 0.
 */
export function steps(
  sheet: usize,
  pitch: i32,
  columns: i32,
  lines: i32,
  reach: i32,
  begins: usize,
  parts: i32,
  stride: i32,
  room: usize,
  out: usize,
): void {
  const squares = room + <usize>pitch;
  const one = i16x8.splat(<i16>(32_767 / reach));
  memory.fill(out, 0, (<usize>(lines * stride)) << 2);
  memory.fill(room, 0, pitch);
  for (let k = 0; k < reach; k++) {
    addRow(room, sheet + <usize>(k * pitch), columns, false);
    addRow(room, sheet + <usize>((k + reach) * pitch), columns, true);
  }
  for (let y = reach; y + reach < lines; y++) {
    const row = sheet + <usize>(y * pitch);
    const above = row - <usize>(reach * pitch);
    const below = row + <usize>(reach * pitch);
    for (let x: usize = 0; x < (<usize>columns) << 1; x += 16) {
      const step = v128.load(room + x);
      const mean = i16x8.q15mulr_sat_s(step, one);
      v128.store(squares + 2 * x, i32x4.extmul_low_i16x8_s(mean, mean));
      v128.store(squares + 2 * x, i32x4.extmul_high_i16x8_s(mean, mean), 16);
      const more = i16x8.sub(i16x8.shl(v128.load(row + x), 1), v128.load(above + x));
      v128.store(room + x, i16x8.add(step, i16x8.sub(more, v128.load(below + x))));
    }
    for (let part = 0; part < parts; part++) {
      const from = load<i32>(begins + ((<usize>part) << 2));
      const to = load<i32>(begins + ((<usize>part) << 2), 4);
      let sum = 0;
      for (let x = from; x < to; x++) sum += load<i32>(squares + ((<usize>x) << 2));
      const at = out + ((<usize>(y * stride + part)) << 2);
      store<f32>(at, sqrt(<f32>sum / <f32>max(1, to - from)));
    }
  }
}

function addRow(room: usize, row: usize, columns: i32, less: bool): void {
  for (let x: usize = 0; x < (<usize>columns) << 1; x += 16) {
    const sum = v128.load(room + x);
    const more = v128.load(row + x);
    v128.store(room + x, less ? i16x8.sub(sum, more) : i16x8.add(sum, more));
  }
}

/** Takes from each line the mean of those up to `reach` from it, so that what repeats is left. */
export function lessMean(from: usize, lines: i32, stride: i32, reach: i32, out: usize): void {
  const pitch = (<usize>stride) << 2;
  for (let part: usize = 0; part < pitch; part += 16) {
    let sum = f32x4.splat(0);
    for (let y = 0; y < min(reach, lines); y++) {
      sum = f32x4.add(sum, v128.load(from + part + <usize>y * pitch));
    }
    for (let y = 0; y < lines; y++) {
      const last = y + reach;
      const first = y - reach - 1;
      if (last < lines) sum = f32x4.add(sum, v128.load(from + part + <usize>last * pitch));
      if (first >= 0) sum = f32x4.sub(sum, v128.load(from + part + <usize>first * pitch));
      const count = <f32>(min(last, lines - 1) - max(first, -1));
      const here = v128.load(from + part + <usize>y * pitch);
      v128.store(
        out + part + <usize>y * pitch,
        f32x4.sub(here, f32x4.div(sum, f32x4.splat(count))),
      );
    }
  }
}

/**
 * How much of a wave so many lines long is in the lines of each part: f32 cosines, then sines.
 * @returns the sum of their squares
 */
export function waves(from: usize, lines: i32, stride: i32, cos: f64, sin: f64, out: usize): f64 {
  const pitch = (<usize>stride) << 2;
  let power: f64 = 0;
  for (let part: usize = 0; part < pitch; part += 16) {
    let c: f64 = 1;
    let s: f64 = 0;
    let sumC = f32x4.splat(0);
    let sumS = f32x4.splat(0);
    let at = from + part;
    for (let y = 0; y < lines; y++) {
      const value = v128.load(at);
      sumC = f32x4.add(sumC, f32x4.mul(value, f32x4.splat(<f32>c)));
      sumS = f32x4.add(sumS, f32x4.mul(value, f32x4.splat(<f32>s)));
      const next = c * cos - s * sin;
      s = s * cos + c * sin;
      c = next;
      at += pitch;
    }
    v128.store(out + part, sumC);
    v128.store(out + pitch + part, sumS);
    const squares = f32x4.add(f32x4.mul(sumC, sumC), f32x4.mul(sumS, sumS));
    power += <f64>f32x4.extract_lane(squares, 0) + <f64>f32x4.extract_lane(squares, 1);
    power += <f64>f32x4.extract_lane(squares, 2) + <f64>f32x4.extract_lane(squares, 3);
  }
  return power;
}
