import { BLOCK_BYTES } from './blocks';

/**
 * Takes `off` away from each score (nothing goes below 0), then what is less than three blocks
 * wide or high: the least and then the most of 3 x 3. A block scores no more than its own edges
 * would, nine times: so that what is smooth between a code and print parts them.
 * `rows` and `to` hold as many i32 as `from`.
 */
export function open(
  from: usize,
  sums: usize,
  to: usize,
  rows: usize,
  w: i32,
  h: i32,
  off: i32,
): void {
  const count = (<usize>(w * h)) << 2;
  for (let at: usize = 0; at < count; at += 4) {
    const own = 9 * (load<i32>(sums) + load<i32>(sums, 8));
    store<i32>(to + at, max(0, min(own, load<i32>(from + at)) - off));
    sums += BLOCK_BYTES;
  }
  three(to, rows, w, h, false);
  three(to, rows, w, h, true);
}

function three(field: usize, rows: usize, w: i32, h: i32, most: bool): void {
  let at = field;
  let out = rows;
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const left = load<i32>(x > 0 ? at - 4 : at);
      const right = load<i32>(x < w - 1 ? at + 4 : at);
      const here = load<i32>(at);
      store<i32>(out, most ? max(left, max(here, right)) : min(left, min(here, right)));
      at += 4;
      out += 4;
    }
  }
  const next = (<usize>w) << 2;
  at = rows;
  out = field;
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const above = load<i32>(y > 0 ? at - next : at);
      const below = load<i32>(y < h - 1 ? at + next : at);
      const here = load<i32>(at);
      store<i32>(out, most ? max(above, max(here, below)) : min(above, min(here, below)));
      at += 4;
      out += 4;
    }
  }
}
