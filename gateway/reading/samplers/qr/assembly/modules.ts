import { MIDDLES_U, MIDDLES_V, RAW, SHARP, SQUARES, SUMS } from './desk';
import { look } from './look';

/** Modules to each side whose mean is the threshold. */
const AROUND: i32 = 4;

/** Puts the middles of all modules, moved by a part of one, where `look` finds them. */
function middles(size: i32, beside: i32, partU: f32, partV: f32): i32 {
  const step: f32 = 2 / <f32>size;
  let at: usize = 0;
  for (let y = -beside; y < size + beside; y++) {
    const v = (<f32>y + <f32>0.5 + partV) * step - 1;
    for (let x = -beside; x < size + beside; x++) {
      store<f32>(MIDDLES_U + at, (<f32>x + <f32>0.5 + partU) * step - 1);
      store<f32>(MIDDLES_V + at, v);
      at += 4;
    }
  }
  for (let i: usize = 0; i < 4; i++) {
    store<f32>(MIDDLES_U + at + (i << 2), 0);
    store<f32>(MIDDLES_V + at + (i << 2), 0);
  }
  return (<i32>(at >> 2) + 3) & ~3;
}

/** How far the modules' middles are from the mean around them: blurred ones are less. */
export function clearness(size: i32, from: usize, w: i32, h: i32): f64 {
  const count = middles(size, 0, 0, 0);
  look(MIDDLES_U, MIDDLES_V, SHARP, count, from, w, h);
  return spread(size);
}

/** How far what is at SHARP is from the mean around it, on average. */
export function spread(size: i32): f64 {
  sumsOf(size, false);
  let sum: f64 = 0;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const value = <f64>load<f32>(SHARP + ((<usize>(y * size + x)) << 2));
      sum += abs(value - meanAt(SUMS, size, x, y));
    }
  }
  return sum / <f64>(size * size);
}

/**
 * Samples all modules: five places in each, each module against its four neighbours to undo blur,
 * then against the mean of those around. Leaves at RAW about 1 for what is surely dark, -1 for what
 * is surely light.
 * @param sharpen how much of the neighbours' light is taken away
 * @param sign -1 for light on dark
 */
export function modules(size: i32, sharpen: f32, sign: f32, from: usize, w: i32, h: i32): void {
  const wide = size + 2;
  const count = middles(size, 1, 0, 0);
  look(MIDDLES_U, MIDDLES_V, RAW, count, from, w, h);
  for (let i = 0; i < count; i++) {
    const at = RAW + ((<usize>i) << 2);
    store<f32>(at, 2 * load<f32>(at));
  }
  for (let way = 0; way < 4; way++) {
    const part: f32 = (way & 1) === 0 ? 0.25 : -0.25;
    middles(size, 1, way < 2 ? part : 0, way < 2 ? 0 : part);
    look(MIDDLES_U, MIDDLES_V, SHARP, count, from, w, h);
    for (let i = 0; i < count; i++) {
      const at = (<usize>i) << 2;
      store<f32>(RAW + at, load<f32>(RAW + at) + load<f32>(SHARP + at));
    }
  }
  const next = (<usize>wide) << 2;
  const share = sign / 6;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = RAW + ((<usize>((y + 1) * wide + x + 1)) << 2);
      const sides = load<f32>(at - 4) + load<f32>(at + 4);
      const around = (sides + load<f32>(at - next) + load<f32>(at + next)) / 4;
      const value = load<f32>(at);
      const to = SHARP + ((<usize>(y * size + x)) << 2);
      store<f32>(to, (value + sharpen * (value - around)) * share);
    }
  }
  against(size);
}

/** How far each module is below the mean around it, as a share of the usual deviation there. */
function against(size: i32): void {
  sumsOf(size, true);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = (<usize>(y * size + x)) << 2;
      const mean = meanAt(SUMS, size, x, y);
      const variance = meanAt(SQUARES, size, x, y) - mean * mean;
      const off = mean - <f64>load<f32>(SHARP + at);
      store<f32>(RAW + at, <f32>(off / sqrt<f64>(max<f64>(variance, 1))));
    }
  }
}

/** Sums over all that is above and to the left of each corner of what is at SHARP. */
function sumsOf(size: i32, squares: bool): void {
  const next = (<usize>(size + 1)) << 3;
  memory.fill(SUMS, 0, next);
  if (squares) memory.fill(SQUARES, 0, next);
  let at = next;
  let from = SHARP;
  for (let y = 0; y < size; y++) {
    let row: f64 = 0;
    let rowSquares: f64 = 0;
    store<f64>(SUMS + at, 0);
    if (squares) store<f64>(SQUARES + at, 0);
    at += 8;
    for (let x = 0; x < size; x++) {
      const value = <f64>load<f32>(from);
      row += value;
      store<f64>(SUMS + at, load<f64>(SUMS + at - next) + row);
      if (squares) {
        rowSquares += value * value;
        store<f64>(SQUARES + at, load<f64>(SQUARES + at - next) + rowSquares);
      }
      from += 4;
      at += 8;
    }
  }
}

/** The mean of the values around a place, by their sums. */
function meanAt(sums: usize, size: i32, x: i32, y: i32): f64 {
  const wide = size + 1;
  const top = max(0, y - AROUND);
  const below = min(size, y + AROUND + 1);
  const left = max(0, x - AROUND);
  const right = min(size, x + AROUND + 1);
  const upper = sums + ((<usize>(top * wide)) << 3);
  const lower = sums + ((<usize>(below * wide)) << 3);
  const l = (<usize>left) << 3;
  const r = (<usize>right) << 3;
  const sum =
    load<f64>(lower + r) - load<f64>(upper + r) - load<f64>(lower + l) + load<f64>(upper + l);
  return sum / <f64>((right - left) * (below - top));
}
