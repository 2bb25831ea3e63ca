import { WARP } from './desk';

/**
 * What is seen at `count` places of a symbol (a multiple of four): brightness between four pixels,
 * less 128. Outside the picture it is the nearest pixel's.
 */
export function look(
  us: usize,
  vs: usize,
  out: usize,
  count: i32,
  from: usize,
  w: i32,
  h: i32,
): void {
  // Places are counted in 128 parts of a pixel.
  const part = f32x4.splat(128);
  const a = figure(0);
  const b = figure(1);
  const left = f32x4.mul(figure(2), part);
  const c = figure(3);
  const d = figure(4);
  const top = f32x4.mul(figure(5), part);
  const g = figure(6);
  const k = figure(7);
  const bendU = figure(8);
  const bendV = figure(9);
  const rest = figure(10);
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  const right = f32x4.splat((<f32>w - 1.01) * 128);
  const below = f32x4.splat((<f32>h - 1.01) * 128);
  const wide = i32x4.splat(w);
  const parts = i32x4.splat(127);
  const whole = i32x4.splat(128);
  const even = i32x4.splat(0x00ff00ff);
  const share = f32x4.splat(1.0 / 16_384);
  const end = (<usize>count) << 2;
  for (let i: usize = 0; i < end; i += 16) {
    const u = v128.load(us + i);
    const v = v128.load(vs + i);
    const bu = f32x4.add(u, f32x4.mul(bendU, f32x4.sub(f32x4.mul(v, v), rest)));
    const bv = f32x4.add(v, f32x4.mul(bendV, f32x4.sub(f32x4.mul(u, u), rest)));
    const far = f32x4.add(f32x4.add(f32x4.mul(g, bu), f32x4.mul(k, bv)), one);
    const near = f32x4.div(part, far);
    let px = f32x4.mul(f32x4.add(f32x4.mul(a, bu), f32x4.mul(b, bv)), near);
    let py = f32x4.mul(f32x4.add(f32x4.mul(c, bu), f32x4.mul(d, bv)), near);
    px = f32x4.pmax(zero, f32x4.pmin(right, f32x4.add(px, left)));
    py = f32x4.pmax(zero, f32x4.pmin(below, f32x4.add(py, top)));
    const ix = i32x4.trunc_sat_f32x4_s(px);
    const iy = i32x4.trunc_sat_f32x4_s(py);
    const at = i32x4.add(i32x4.mul(i32x4.shr_u(iy, 7), wide), i32x4.shr_u(ix, 7));
    const at0 = from + i32x4.extract_lane(at, 0);
    const at1 = from + i32x4.extract_lane(at, 1);
    const at2 = from + i32x4.extract_lane(at, 2);
    const at3 = from + i32x4.extract_lane(at, 3);
    // Each lane holds two pixels and the two below them.
    let four = v128.load16_splat(at0);
    four = v128.load16_lane(at0 + w, four, 1);
    four = v128.load16_lane(at1, four, 2);
    four = v128.load16_lane(at1 + w, four, 3);
    four = v128.load16_lane(at2, four, 4);
    four = v128.load16_lane(at2 + w, four, 5);
    four = v128.load16_lane(at3, four, 6);
    four = v128.load16_lane(at3 + w, four, 7);
    const first = v128.and(four, even);
    const step = i16x8.sub(i16x8.shr_u(four, 8), first);
    const fx = v128.and(ix, parts);
    const fy = v128.and(iy, parts);
    const across = i16x8.mul(step, v128.or(fx, i32x4.shl(fx, 16)));
    const two = i16x8.add(i16x8.shl(first, 7), across);
    const down = i32x4.add(whole, i32x4.sub(i32x4.shl(fy, 16), fy));
    const value = f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(two, down));
    v128.store(out + i, f32x4.sub(f32x4.mul(value, share), part));
  }
}

function figure(i: i32): v128 {
  return f32x4.splat(<f32>load<f64>(WARP + ((<usize>i) << 3)));
}

/**
 * How like what they have to be known modules look: their correlation, 1 at most.
 * @param table their u, v and weights, which come to 0
 * @param power the sum of the weights' squares
 */
export function likeness(
  table: usize,
  seen: usize,
  count: i32,
  power: f32,
  from: usize,
  w: i32,
  h: i32,
): f32 {
  const size = (<usize>count) << 2;
  look(table, table + size, seen, count, from, w, h);
  const weights = table + 2 * size;
  let sum = f32x4.splat(0);
  let squares = sum;
  let both = sum;
  for (let i: usize = 0; i < size; i += 16) {
    const value = v128.load(seen + i);
    sum = f32x4.add(sum, value);
    squares = f32x4.add(squares, f32x4.mul(value, value));
    both = f32x4.add(both, f32x4.mul(value, v128.load(weights + i)));
  }
  const all = across(sum);
  const variance = across(squares) - (all * all) / <f32>count;
  return variance < 1 ? 0 : across(both) / sqrt<f32>(variance * power);
}

/** The sum of four. */
export function across(lanes: v128): f32 {
  return (
    f32x4.extract_lane(lanes, 0) +
    f32x4.extract_lane(lanes, 1) +
    f32x4.extract_lane(lanes, 2) +
    f32x4.extract_lane(lanes, 3)
  );
}
