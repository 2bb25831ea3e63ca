import { ray } from './picture';

const fixed = (place: f64): i32 => <i32>nearest(max(-2e9, min(2e9, place * 65_536)));

/**
 * A plane laid flat: `lines` of `columns` samples, i16 in eighths of a level, each in the middle of
 * its cell. The plane's eight f64 are plane.ts's; eight samples are as far from one another.
 */
export function flatten(
  from: usize,
  w: i32,
  h: i32,
  plane: usize,
  to: usize,
  columns: i32,
  lines: i32,
  pitch: i32,
): void {
  for (let line = 0; line < lines; line++) {
    const v = (<f64>line + 0.5) / <f64>lines;
    const out = to + <usize>(line * pitch);
    const originX = load<f64>(plane, 8) * v + load<f64>(plane, 16);
    const originY = load<f64>(plane, 32) * v + load<f64>(plane, 40);
    const far = load<f64>(plane, 56) * v + 1;
    for (let x = 0; x < columns; x += 8) {
      const u = (<f64>x + 0.5) / <f64>columns;
      const next = (<f64>x + 8.5) / <f64>columns;
      const near = 1 / (load<f64>(plane, 48) * u + far);
      const nearNext = 1 / (load<f64>(plane, 48) * next + far);
      const atX = (load<f64>(plane) * u + originX) * near;
      const atY = (load<f64>(plane, 24) * u + originY) * near;
      const acrossX = ((load<f64>(plane) * next + originX) * nearNext - atX) / 8;
      const acrossY = ((load<f64>(plane, 24) * next + originY) * nearNext - atY) / 8;
      const here = out + ((<usize>x) << 1);
      ray(from, w, h, here, 8, fixed(atX), fixed(atY), fixed(acrossX), fixed(acrossY));
    }
  }
}

/** The sums of the columns of lines `first` to before `last`, as i32. */
export function sums(
  sheet: usize,
  pitch: i32,
  columns: i32,
  first: i32,
  last: i32,
  out: usize,
): void {
  for (let x = 0; x < columns; x += 8) {
    let low = i32x4.splat(0);
    let high = low;
    for (let line = first; line < last; line++) {
      const row = v128.load(sheet + <usize>(line * pitch + (x << 1)));
      low = i32x4.add(low, i32x4.extend_low_i16x8_s(row));
      high = i32x4.add(high, i32x4.extend_high_i16x8_s(row));
    }
    v128.store(out, low);
    v128.store(out, high, 16);
    out += 32;
  }
}
