/** Tones as they come out: the mean around a pixel, and how far off it the usual deviation is. */
const MIDDLE: f32 = 128;
const SPREAD: f32 = 60;
/** Variance that counts as none: what is flat stays so, but for its noise. */
const FLAT: f32 = 1;
/** The sums of a wider square would not fit into 32 bits. */
const RADIUS_MOST: i32 = 127;

/**
 * How far each pixel is from the mean of the square of 2 radius + 1 pixels around it, as a share of
 * the usual deviation there; at the border the square is what is inside. Shadows, bands and haze
 * are gone, and what is faint beside something dark is as clear as everything else.
 * @param sums memory for four numbers of 32 bits a column, and 64 more bytes
 */
export function level(from: usize, to: usize, sums: usize, w: i32, h: i32, radius: i32): void {
  const r = min(radius, RADIUS_MOST);
  const wide = (<usize>(w + 12)) << 2;
  const squares = sums + wide;
  memory.fill(sums, 0, 2 * wide);
  for (let y = 0; y < min(r, h); y++) addRow(from + <usize>(y * w), sums, squares, w, 1);
  for (let y = 0; y < h; y++) {
    if (y + r < h) addRow(from + <usize>((y + r) * w), sums, squares, w, 1);
    if (y > r) addRow(from + <usize>((y - r - 1) * w), sums, squares, w, -1);
    const high = min(h - 1, y + r) - max(0, y - r) + 1;
    addUp(sums, squares + wide, w);
    addUp(squares, squares + 2 * wide, w);
    const row = <usize>(y * w);
    levelRow(from + row, to + row, squares + wide, squares + 2 * wide, w, r, high);
  }
}

/** Adds a row's tones and their squares to the sums of their columns, or takes them off. */
function addRow(row: usize, sums: usize, squares: usize, w: i32, way: i32): void {
  const sign = i32x4.splat(way);
  for (let x: usize = 0; x < <usize>w; x += 8) {
    const tones = v128.load8x8_u(row + x);
    const twice = i16x8.mul(tones, tones);
    add(sums + (x << 2), i32x4.extend_low_i16x8_u(tones), sign);
    add(sums + (x << 2) + 16, i32x4.extend_high_i16x8_u(tones), sign);
    add(squares + (x << 2), i32x4.extend_low_i16x8_u(twice), sign);
    add(squares + (x << 2) + 16, i32x4.extend_high_i16x8_u(twice), sign);
  }
}

function add(at: usize, more: v128, sign: v128): void {
  v128.store(at, i32x4.add(v128.load(at), i32x4.mul(more, sign)));
}

/** What all columns before each one have together; past 32 bits it begins again at 0. */
function addUp(sums: usize, to: usize, w: i32): void {
  let sum: i32 = 0;
  store<i32>(to, 0);
  for (let x: usize = 0; x < <usize>w; x++) {
    sum += load<i32>(sums + (x << 2));
    store<i32>(to + (x << 2), sum, 4);
  }
}

function levelRow(
  row: usize,
  out: usize,
  sums: usize,
  squares: usize,
  w: i32,
  r: i32,
  high: i32,
): void {
  const count = (2 * r + 1) * high;
  const share: f32 = 1 / <f32>count;
  let x = 0;
  for (; x < min(r, w); x++) levelOne(row, out, sums, squares, w, r, high, x);
  for (; x + 4 + r < w; x += 4) {
    const first = (<usize>(x - r)) << 2;
    const last = (<usize>(x + r + 1)) << 2;
    const sum = i32x4.sub(v128.load(sums + last), v128.load(sums + first));
    const square = i32x4.sub(v128.load(squares + last), v128.load(squares + first));
    const mean = f32x4.mul(f32x4.convert_i32x4_u(sum), f32x4.splat(share));
    const all = f32x4.mul(f32x4.convert_i32x4_u(square), f32x4.splat(share));
    const variance = f32x4.max(f32x4.splat(0), f32x4.sub(all, f32x4.mul(mean, mean)));
    const usual = f32x4.sqrt(f32x4.add(variance, f32x4.splat(FLAT)));
    const tones = i16x8.extend_low_i8x16_u(v128.load32_zero(row + x));
    const off = f32x4.sub(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(tones)), mean);
    const far = f32x4.div(f32x4.mul(f32x4.splat(SPREAD), off), usual);
    const made = i32x4.trunc_sat_f32x4_s(f32x4.floor(f32x4.add(far, f32x4.splat(MIDDLE + 0.5))));
    const words = i16x8.narrow_i32x4_s(made, made);
    v128.store32_lane(out + x, i8x16.narrow_i16x8_u(words, words), 0);
  }
  for (; x < w; x++) levelOne(row, out, sums, squares, w, r, high, x);
}

/** One pixel, where the border may cut the square. */
function levelOne(
  row: usize,
  out: usize,
  sums: usize,
  squares: usize,
  w: i32,
  r: i32,
  high: i32,
  x: i32,
): void {
  const first = (<usize>max(0, x - r)) << 2;
  const last = (<usize>(min(w - 1, x + r) + 1)) << 2;
  const count = (<i32>(last - first) >> 2) * high;
  const share: f32 = 1 / <f32>count;
  const mean = <f32>(load<u32>(sums + last) - load<u32>(sums + first)) * share;
  const all = <f32>(load<u32>(squares + last) - load<u32>(squares + first)) * share;
  const usual = sqrt<f32>(max<f32>(0, all - mean * mean) + FLAT);
  const far = (SPREAD * (<f32>load<u8>(row + x) - mean)) / usual;
  store<u8>(out + x, min(max(<i32>floor<f32>(far + (MIDDLE + 0.5)), 0), 255));
}
