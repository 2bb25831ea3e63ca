import { BLOCK_BYTES } from './blocks';

/**
 * Takes `off` away from each score (nothing goes below 0), then what is less than three blocks
 * wide or high: the least and then the most of 3 x 3. A block scores no more than its own edges
 * would, nine times: so that what is smooth between a code and print parts them.
 * `rows` and `to` hold as many i32 as `from`. Gives the best that is left.
 */
export function open(
  from: usize,
  sums: usize,
  to: usize,
  rows: usize,
  w: i32,
  h: i32,
  off: i32,
): i32 {
  const count = (<usize>(w * h)) << 2;
  for (let at: usize = 0; at < count; at += 4) {
    const own = 9 * (load<i32>(sums) + load<i32>(sums, 8));
    store<i32>(to + at, max(0, min(own, load<i32>(from + at)) - off));
    sums += BLOCK_BYTES;
  }
  three(to, rows, w, h, false);
  three(to, rows, w, h, true);
  let left = 0;
  for (let at: usize = 0; at < count; at += 4) left = max(left, load<i32>(to + at));
  return left;
}

function three(field: usize, rows: usize, w: i32, h: i32, most: bool): void {
  const next = (<usize>w) << 2;
  for (let y = 0; y < h; y++) {
    beside(field + <usize>y * next, rows + <usize>y * next, w, most);
  }
  for (let y = 0; y < h; y++) {
    const at = rows + <usize>y * next;
    const above = y > 0 ? at - next : at;
    const below = y < h - 1 ? at + next : at;
    under(at, above, below, field + <usize>y * next, w, most);
  }
}

/** The least or most of each and its neighbours in a line. */
function beside(at: usize, out: usize, w: i32, most: bool): void {
  const last = at + ((<usize>(w - 1)) << 2);
  store<i32>(out, best(load<i32>(at), load<i32>(min(at + 4, last)), most));
  for (at += 4, out += 4; at + 16 <= last; at += 16, out += 16) {
    v128.store(out, bests(bests(v128.load(at - 4), v128.load(at + 4), most), v128.load(at), most));
  }
  for (; at <= last; at += 4, out += 4) {
    const outer = best(load<i32>(at - 4), load<i32>(min(at + 4, last)), most);
    store<i32>(out, best(outer, load<i32>(at), most));
  }
}

/** The least or most of three lines. */
function under(at: usize, above: usize, below: usize, out: usize, w: i32, most: bool): void {
  let x = 0;
  for (; x + 4 <= w; x += 4) {
    const i = (<usize>x) << 2;
    const outer = bests(v128.load(above + i), v128.load(below + i), most);
    v128.store(out + i, bests(outer, v128.load(at + i), most));
  }
  for (; x < w; x++) {
    const i = (<usize>x) << 2;
    const outer = best(load<i32>(above + i), load<i32>(below + i), most);
    store<i32>(out + i, best(outer, load<i32>(at + i), most));
  }
}

function best(one: i32, other: i32, most: bool): i32 {
  return most ? max(one, other) : min(one, other);
}

function bests(one: v128, other: v128, most: bool): v128 {
  return most ? i32x4.max_s(one, other) : i32x4.min_s(one, other);
}
