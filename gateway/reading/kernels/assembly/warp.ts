/**
 * A w x h picture out of another, each pixel mixed of the four around its place, then looked up
 * in a table of 256 tones. Places are 16.16: (startX, startY) for the first pixel, going on by
 * (acrossX, acrossY) a pixel and (downX, downY) a row; outside, the border goes on.
 */
export function warp(
  from: usize,
  fromW: i32,
  fromH: i32,
  to: usize,
  w: i32,
  h: i32,
  startX: i32,
  startY: i32,
  acrossX: i32,
  acrossY: i32,
  downX: i32,
  downY: i32,
  tones: usize,
): void {
  const lastX = ((fromW - 1) << 16) - 1;
  const lastY = ((fromH - 1) << 16) - 1;
  for (let row = 0; row < h; row++) {
    let x = startX + row * downX;
    let y = startY + row * downY;
    for (let column = 0; column < w; column++) {
      const inX = min(max(x, 0), lastX);
      const inY = min(max(y, 0), lastY);
      const at = from + <usize>(inY >> 16) * fromW + (inX >> 16);
      const right = (inX >> 8) & 255;
      const low = (inY >> 8) & 255;
      const upper = <i32>load<u8>(at) * (256 - right) + <i32>load<u8>(at, 1) * right;
      const below = at + fromW;
      const lower = <i32>load<u8>(below) * (256 - right) + <i32>load<u8>(below, 1) * right;
      const mixed = (upper * (256 - low) + lower * low + 32_768) >> 16;
      store<u8>(to, load<u8>(tones + mixed));
      to += 1;
      x += acrossX;
      y += acrossY;
    }
  }
}
