/** Shifts are less than this many samples; lines go on so far at both ends. */
const SHIFT_MOST: f32 = 15;
/** Differences are over so many samples, in bytes. */
const OVER: usize = 4;
/** The lean is looked for in steps of 0.04, then nearer; then how it changes along the line. */
const LEAN_STEPS = 5;
const LEAN_STEP: f32 = 0.04;
const LEAN_NEAR: f32 = 0.025;
const LEAN_NEARER: f32 = 0.012;
const FAN_STEPS = 2;
const FAN_STEP: f32 = 0.06;
const FAN_LEAN: f32 = 0.02;

/** For 16 lines: how many bytes each is shifted by, and what share of a sample more. */
const OFFSETS: usize = memory.data(64, 16);
const SHARES: usize = memory.data(32, 16);

/** Shifts lines by `slope` samples for each that they are from the middle one. */
function shift(pitch: i32, middle: i32, slope: f32): void {
  for (let i = 0; i < 16; i += 4) {
    const first = i - middle;
    const lines = f32x4(<f32>first, <f32>(first + 1), <f32>(first + 2), <f32>(first + 3));
    const by = f32x4.min(
      f32x4.splat(SHIFT_MOST),
      f32x4.max(f32x4.splat(-SHIFT_MOST), f32x4.mul(f32x4.splat(slope), lines)),
    );
    const whole = f32x4.floor(by);
    const rows = i32x4.mul(i32x4.splat(pitch), i32x4(i, i + 1, i + 2, i + 3));
    const bytes = i32x4.add(rows, i32x4.shl(i32x4.trunc_sat_f32x4_s(whole), 1));
    v128.store(OFFSETS + ((<usize>i) << 2), bytes);
    const share = f32x4.mul(f32x4.sub(by, whole), f32x4.splat(32_767));
    const shares = i32x4.trunc_sat_f32x4_s(share);
    v128.store64_lane(SHARES + ((<usize>i) << 1), i16x8.narrow_i32x4_s(shares, shares), 0);
  }
}

/**
 * The sum of the lines `first`, `first` + `step` and so on to `last`, each shifted by how far it is
 * from the middle one times `lean`, more so by `fan` to the right end and less to the left. Eight
 * samples share a shift.
 */
export function sum(
  rows: usize,
  pitch: i32,
  first: i32,
  last: i32,
  step: i32,
  middle: i32,
  count: i32,
  apart: f32,
  lean: f32,
  fan: f32,
  to: usize,
): void {
  if (fan === 0) shift(pitch, middle, apart * lean);
  for (let x = 0; x < count; x += 8) {
    if (fan !== 0) {
      shift(pitch, middle, apart * (lean + fan * ((2 * <f32>x + 7) / <f32>count - 1)));
    }
    let all = i16x8.splat(0);
    for (let i = first; i <= last; i += step) {
      const at = rows + load<i32>(OFFSETS + ((<usize>i) << 2));
      const here = v128.load(at);
      const more = i16x8.sub(v128.load(at, 2), here);
      const share = v128.load16_splat(SHARES + ((<usize>i) << 1));
      all = i16x8.add(all, i16x8.add(here, i16x8.q15mulr_sat_s(more, share)));
    }
    v128.store(to, all);
    rows += 16;
    to += 16;
  }
}

/** The sum of the squares of the differences between samples two apart. */
export function sharpness(line: usize, count: i32): f64 {
  let sums = i64x2.splat(0);
  const end = line + ((<usize>(count - 2)) << 1);
  let at = line;
  for (; at + 16 <= end; at += 16) {
    const step = i16x8.sub(v128.load(at + OVER), v128.load(at));
    const squares = i32x4.dot_i16x8_s(step, step);
    sums = i64x2.add(sums, i64x2.extend_low_i32x4_s(squares));
    sums = i64x2.add(sums, i64x2.extend_high_i32x4_s(squares));
  }
  let all = i64x2.extract_lane(sums, 0) + i64x2.extract_lane(sums, 1);
  for (; at < end; at += 2) {
    const step = <i64>load<i16>(at + OVER) - <i64>load<i16>(at);
    all += step * step;
  }
  return <f64>all;
}

/** How sharp every other line is together. */
function power(
  rows: usize,
  pitch: i32,
  lines: i32,
  count: i32,
  apart: f32,
  lean: f32,
  fan: f32,
  room: usize,
): f64 {
  sum(rows, pitch, 0, lines - 1, 2, lines >> 1, count, apart, lean, fan, room);
  return sharpness(room, count);
}

/**
 * Finds the lean that makes lines sharpest together, and then, where they share at least `lasting`
 * of what those in the middle show, how it changes along them. Writes f32 lean, fan and the share.
 */
export function meet(
  rows: usize,
  pitch: i32,
  lines: i32,
  count: i32,
  apart: f32,
  lasting: f64,
  room: usize,
  out: usize,
): void {
  let lean: f32 = 0;
  let fan: f32 = 0;
  let most: f64 = -1;
  for (let k = -LEAN_STEPS; k <= LEAN_STEPS; k++) {
    const tried = <f32>k * LEAN_STEP;
    const how = power(rows, pitch, lines, count, apart, tried, 0, room);
    if (how > most) {
      most = how;
      lean = tried;
    }
  }
  const coarse = lean;
  for (let k = 0; k < 4; k++) {
    const near = k < 2 ? LEAN_NEAR : LEAN_NEARER;
    const tried = coarse + (k & 1 ? near : -near);
    const how = power(rows, pitch, lines, count, apart, tried, 0, room);
    if (how > most) {
      most = how;
      lean = tried;
    }
  }
  let share = shared(rows, pitch, lines, count, apart, lean, fan, room);
  if (share >= lasting) {
    const straight = lean;
    for (let f = -FAN_STEPS; f <= FAN_STEPS; f++) {
      for (let k = -1; k <= 1; k++) {
        const tried = straight + <f32>k * FAN_LEAN;
        const how = power(rows, pitch, lines, count, apart, tried, <f32>f * FAN_STEP, room);
        if (how > most) {
          most = how;
          lean = tried;
          fan = <f32>f * FAN_STEP;
        }
      }
    }
    share = shared(rows, pitch, lines, count, apart, lean, fan, room);
  }
  store<f32>(out, lean);
  store<f32>(out, fan, 4);
  store<f32>(out, <f32>share, 8);
}

/** How sharp all lines are together against the three in the middle. */
function shared(
  rows: usize,
  pitch: i32,
  lines: i32,
  count: i32,
  apart: f32,
  lean: f32,
  fan: f32,
  room: usize,
): f64 {
  const middle = lines >> 1;
  sum(rows, pitch, middle - 1, middle + 1, 1, middle, count, apart, lean, fan, room);
  const near = (sharpness(room, count) * <f64>(lines * lines)) / 9;
  sum(rows, pitch, 0, lines - 1, 1, middle, count, apart, lean, fan, room);
  return sharpness(room, count) / (near + 1);
}
