import { PLACE_BYTES, PLACES, PLACES_MOST, SLOPE, SLOPES, STEEPNESS } from './desk';

/** Of all places so many are steeper than what counts as steep, */
const STEEP_PART: i32 = 10;
/** ... of which an edge has this share at least, */
const STEEP_SHARE: f32 = 0.3;
/** ... and never less than this: what eight bits and little noise leave. */
const STEEP_LEAST: i32 = 24;
const BINS: i32 = 512;
const EIGHTH: i32 = 16;

/**
 * Places on edges, to parts of a pixel: where a picture is steepest along a row or a column.
 * Leaves at PLACES x and y from the picture's middle and the direction that gets lighter.
 * @returns how many there are
 */
export function edges(from: usize, w: i32, h: i32): i32 {
  const least = steepnessOf(from, w, h);
  const square = least * least;
  const middleX = <f32>(w - 1) / 2;
  const middleY = <f32>(h - 1) / 2;
  let count = 0;
  for (let y = 2; y < h - 2; y++) {
    for (let x = 2; x < w - 2; x++) {
      const at = SLOPE + ((<usize>(y * w + x)) << 2);
      const here = load<i32>(at);
      if (here < square) continue;
      const pixel = from + <usize>(y * w + x);
      const gx = across(pixel, 1, w);
      const gy = across(pixel, w, 1);
      const level = abs(gx) >= abs(gy);
      const step: usize = (level ? 1 : <usize>w) << 2;
      const before = load<i32>(at - step);
      const behind = load<i32>(at + step);
      if (here <= before || here < behind) continue;
      if (count >= PLACES_MOST) return count;
      const bent = 4 * here - 2 * (before + behind);
      const off = <f32>(behind - before) / <f32>bent;
      const to = PLACES + <usize>count * PLACE_BYTES;
      store<f32>(to, <f32>x - middleX + (level ? off : 0));
      store<f32>(to, <f32>y - middleY + (level ? 0 : off), 4);
      store<i32>(to, directionOf(gx, gy), 8);
      count++;
    }
  }
  return count;
}

/** How much lighter it gets along one way, whose pixels are `step` apart; the other's are `wide`. */
function across(at: usize, step: i32, wide: i32): i32 {
  const less = at - step;
  const more = at + step;
  const sum = <i32>load<u8>(more - wide) + 2 * <i32>load<u8>(more) + <i32>load<u8>(more + wide);
  return sum - <i32>load<u8>(less - wide) - 2 * <i32>load<u8>(less) - <i32>load<u8>(less + wide);
}

/** The direction of a step, of 128, by its octant. */
function directionOf(x: i32, y: i32): i32 {
  const short = min(abs(x), abs(y));
  const long = max(abs(x), abs(y));
  let turn = load<i32>(SLOPES + ((<usize>((short << 6) / long)) << 2));
  if (abs(y) > abs(x)) turn = 2 * EIGHTH - turn;
  if (x < 0) turn = 4 * EIGHTH - turn;
  return (y < 0 ? -turn : turn) & (8 * EIGHTH - 1);
}

/** Leaves the squares of how steep a picture is at SLOPE; how steep its edges are at least. */
function steepnessOf(from: usize, w: i32, h: i32): i32 {
  memory.fill(STEEPNESS, 0, BINS << 2);
  let counted = 0;
  for (let y = 1; y < h - 1; y++) {
    const row = from + <usize>(y * w);
    for (let x = 1; x < w - 1; x += 8) {
      const at = row + x;
      const upLeft = v128.load8x8_u(at - w - 1);
      const upRight = v128.load8x8_u(at - w + 1);
      const downLeft = v128.load8x8_u(at + w - 1);
      const downRight = v128.load8x8_u(at + w + 1);
      // Across: right less left; down: below less above.
      const sides = i16x8.sub(v128.load8x8_u(at + 1), v128.load8x8_u(at - 1));
      const heights = i16x8.sub(v128.load8x8_u(at + w), v128.load8x8_u(at - w));
      const falling = i16x8.sub(downRight, upLeft);
      const rising = i16x8.sub(upRight, downLeft);
      const gx = i16x8.add(i16x8.add(falling, rising), i16x8.shl(sides, 1));
      const gy = i16x8.add(i16x8.sub(falling, rising), i16x8.shl(heights, 1));
      const low = i16x8.shuffle(gx, gy, 0, 8, 1, 9, 2, 10, 3, 11);
      const high = i16x8.shuffle(gx, gy, 4, 12, 5, 13, 6, 14, 7, 15);
      const to = SLOPE + ((<usize>(y * w + x)) << 2);
      v128.store(to, i32x4.dot_i16x8_s(low, low));
      v128.store(to, i32x4.dot_i16x8_s(high, high), 16);
    }
    if ((y & 1) === 0) continue;
    for (let x = 1; x < w - 1; x += 2) {
      const square = load<i32>(SLOPE + ((<usize>(y * w + x)) << 2));
      const bin = STEEPNESS + ((<usize>(<i32>sqrt<f32>(<f32>square) >> 2)) << 2);
      store<i32>(bin, load<i32>(bin) + 1);
      counted++;
    }
  }
  let left = counted / STEEP_PART;
  let bin = BINS - 1;
  while (bin > 0 && left > 0) {
    left -= load<i32>(STEEPNESS + ((<usize>bin) << 2));
    bin--;
  }
  return max(STEEP_LEAST, <i32>(<f32>(bin << 2) * STEEP_SHARE));
}
