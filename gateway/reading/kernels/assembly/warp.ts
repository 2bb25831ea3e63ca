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
    const endX = x + (w - 1) * acrossX;
    const endY = y + (w - 1) * acrossY;
    const isInside =
      min(x, endX) >= 0 && max(x, endX) <= lastX && min(y, endY) >= 0 && max(y, endY) <= lastY;
    const end = to + w;
    if (isInside) {
      while (to < end) {
        store<u8>(to++, load<u8>(tones + mix(from, fromW, x, y)));
        x += acrossX;
        y += acrossY;
      }
    } else {
      while (to < end) {
        const inX = min(max(x, 0), lastX);
        const inY = min(max(y, 0), lastY);
        store<u8>(to++, load<u8>(tones + mix(from, fromW, inX, inY)));
        x += acrossX;
        y += acrossY;
      }
    }
  }
}

/** The four pixels around a place, each by how near it is. */
function mix(from: usize, stride: i32, x: i32, y: i32): i32 {
  const at = from + (y >> 16) * stride + (x >> 16);
  const right = (x >> 8) & 255;
  const two = <i32>load<u16>(at);
  const twoBelow = <i32>load<u16>(at + stride);
  const upper = ((two & 255) << 8) + ((two >> 8) - (two & 255)) * right;
  const lower = ((twoBelow & 255) << 8) + ((twoBelow >> 8) - (twoBelow & 255)) * right;
  return ((upper << 8) + (lower - upper) * ((y >> 8) & 255) + 32_768) >> 16;
}
