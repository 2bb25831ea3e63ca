/** Pixels along which a plane is taken for straight. */
const STRAIGHT: i32 = 16;

/** How alike two patches are: their correlation over every `step`-th pixel; 0 where it says little. */
export function alike(
  one: usize,
  oneStride: i32,
  other: usize,
  otherStride: i32,
  w: i32,
  h: i32,
  step: i32,
): f64 {
  let n = 0;
  let sa = 0;
  let sb = 0;
  let aa: i64 = 0;
  let bb: i64 = 0;
  let ab: i64 = 0;
  for (let y = 0; y < h; y += step) {
    const lineA = one + y * oneStride;
    const lineB = other + y * otherStride;
    for (let x = 0; x < w; x += step) {
      const a = <i32>load<u8>(lineA + x);
      const b = <i32>load<u8>(lineB + x);
      n++;
      sa += a;
      sb += b;
      aa += a * a;
      bb += b * b;
      ab += a * b;
    }
  }
  const spreadA = <f64>aa - (<f64>sa * <f64>sa) / <f64>n;
  const spreadB = <f64>bb - (<f64>sb * <f64>sb) / <f64>n;
  const spread = spreadA * spreadB;
  if (n < 20 || spread < 1) return 0;
  return (<f64>ab - (<f64>sa * <f64>sb) / <f64>n) / Math.sqrt(spread);
}

/** Sixteenths of each pixel's brightness, as the first of some sums. */
export function begin(from: usize, sums: usize, count: i32): void {
  for (let i = 0; i < count; i++)
    store<u16>(sums + (i << 1), <u16>((<i32>load<u8>(from + i)) << 4));
}

/**
 * Adds an older picture to w x h sums, each where a plane says that it was. The plane's figures
 * are f64: x and y over w, each of u, v and 1, then w of u and v.
 * @param u0 u of the first pixel; it goes on by `du` a pixel, v by `dv` a row
 */
export function add(
  sums: usize,
  w: i32,
  h: i32,
  u0: f64,
  du: f64,
  v0: f64,
  dv: f64,
  plane: usize,
  older: usize,
  olderW: i32,
  olderH: i32,
): void {
  const a = load<f64>(plane);
  const b = load<f64>(plane, 8);
  const c = load<f64>(plane, 16);
  const d = load<f64>(plane, 24);
  const e = load<f64>(plane, 32);
  const f = load<f64>(plane, 40);
  const g = load<f64>(plane, 48);
  const k = load<f64>(plane, 56);
  const right = <f64>olderW - 1.001;
  const below = <f64>olderH - 1.001;
  for (let y = 0; y < h; y++) {
    const v = v0 + <f64>y * dv;
    for (let x = 0; x < w; x += STRAIGHT) {
      const u = u0 + <f64>x * du;
      const end = u + <f64>STRAIGHT * du;
      const over = 1 / (g * u + k * v + 1);
      const overEnd = 1 / (g * end + k * v + 1);
      let px = place((a * u + b * v + c) * over, right);
      let py = place((d * u + e * v + f) * over, below);
      const stepX = (place((a * end + b * v + c) * overEnd, right) - px) / STRAIGHT;
      const stepY = (place((d * end + e * v + f) * overEnd, below) - py) / STRAIGHT;
      for (let i = min(STRAIGHT, w - x); i > 0; i--) {
        const at = older + <usize>((py >> 16) * olderW + (px >> 16));
        const fx = (px >> 8) & 255;
        const upper = mix(load<u8>(at), load<u8>(at, 1), fx);
        const lower = mix(load<u8>(at + olderW), load<u8>(at + olderW, 1), fx);
        const value = (upper << 8) + (lower - upper) * ((py >> 8) & 255);
        store<u16>(sums, load<u16>(sums) + <u16>((value + 2048) >> 12));
        sums += 2;
        px += stepX;
        py += stepY;
      }
    }
  }
}

/** A place inside a picture, 16.16. */
function place(at: f64, last: f64): i32 {
  return <i32>(min(max(at, 0), last) * 65536);
}

/** 256 times what is so many 256ths of the way from one tone to another. */
function mix(one: u8, other: u8, share: i32): i32 {
  return ((<i32>one) << 8) + (<i32>other - <i32>one) * share;
}

/** The means of so many pictures' sums. */
export function means(sums: usize, to: usize, count: i32, pictures: i32): void {
  const all = pictures << 4;
  for (let i = 0; i < count; i++) {
    store<u8>(to + i, <u8>((<i32>load<u16>(sums + (i << 1)) + (all >> 1)) / all));
  }
}
