/** Each pixel mixed with its eight neighbours, 1-2-1 both ways; the outermost stay as they are. */
export function soften(from: usize, to: usize, rows: usize, w: i32, h: i32): void {
  lines(from, rows, w, h, 1);
  lines(rows, to, w, h, w);
}

/** 1-2-1 of bytes `step` apart, over the whole picture as one line. */
function lines(from: usize, to: usize, w: i32, h: i32, step: i32): void {
  const length = w * h;
  for (let i = 0; i < step; i++) store<u8>(to + i, load<u8>(from + i));
  let i = step;
  for (; i + 16 <= length - step; i += 16) {
    const at = from + i;
    const sides = i8x16.avgr_u(v128.load(at - step), v128.load(at + step));
    v128.store(to + i, i8x16.avgr_u(sides, v128.load(at)));
  }
  for (; i < length - step; i++) {
    const at = from + i;
    const sides = (<i32>load<u8>(at - step) + load<u8>(at + step) + 1) >> 1;
    store<u8>(to + i, (sides + load<u8>(at) + 1) >> 1);
  }
  for (; i < length; i++) store<u8>(to + i, load<u8>(from + i));
}

/**
 * Adds `strength` sixteenths of what each pixel differs from the mean of the square of 2 radius
 * + 1 pixels around it; at the border the square is what is inside.
 */
export function sharpen(
  from: usize,
  to: usize,
  rows: usize,
  w: i32,
  h: i32,
  radius: i32,
  strength: i32,
): void {
  means(from, rows, w, h, radius, 1, w);
  means(rows, to, h, w, radius, w, 1);
  const length = w * h;
  for (let i = 0; i < length; i++) {
    const here = <i32>load<u8>(from + i);
    const more = here + (((here - <i32>load<u8>(to + i)) * strength) >> 4);
    store<u8>(to + i, min(max(more, 0), 255));
  }
}

/** Running means along lines of `count` bytes `step` apart; the lines are `next` apart. */
function means(
  from: usize,
  to: usize,
  count: i32,
  lineCount: i32,
  radius: i32,
  step: i32,
  next: i32,
): void {
  for (let line = 0; line < lineCount; line++) {
    const start = from + line * next;
    const out = to + line * next;
    let sum = 0;
    let inside = min(radius, count);
    for (let i = 0; i < inside; i++) sum += <i32>load<u8>(start + i * step);
    for (let i = 0; i < count; i++) {
      if (i + radius < count) {
        sum += <i32>load<u8>(start + (i + radius) * step);
        inside += 1;
      }
      if (i > radius) {
        sum -= <i32>load<u8>(start + (i - radius - 1) * step);
        inside -= 1;
      }
      store<u8>(out + i * step, (sum + (inside >> 1)) / inside);
    }
  }
}
