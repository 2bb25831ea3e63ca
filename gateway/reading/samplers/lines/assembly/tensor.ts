/**
 * The structure tensor of a picture over blocks of 8 x 8, differences being over two pixels: f64
 * of xx, yy and xy. A block counts by how much it goes to and fro: a lone edge is all one way.
 */
export function tensor(from: usize, w: i32, h: i32, out: usize): void {
  let sumXX: f64 = 0;
  let sumYY: f64 = 0;
  let sumXY: f64 = 0;
  for (let top = 1; top + 8 < h; top += 8) {
    for (let left = 1; left + 8 < w; left += 8) {
      let xx = i32x4.splat(0);
      let yy = xx;
      let xy = xx;
      let straightX = xx;
      let straightY = xx;
      let at = from + top * w + left;
      for (let row = 0; row < 8; row++) {
        const gx = i16x8.sub(v128.load8x8_u(at + 1), v128.load8x8_u(at - 1));
        const gy = i16x8.sub(v128.load8x8_u(at + w), v128.load8x8_u(at - w));
        xx = i32x4.add(xx, i32x4.dot_i16x8_s(gx, gx));
        yy = i32x4.add(yy, i32x4.dot_i16x8_s(gy, gy));
        xy = i32x4.add(xy, i32x4.dot_i16x8_s(gx, gy));
        straightX = i16x8.add(straightX, gx);
        straightY = i16x8.add(straightY, gy);
        at += w;
      }
      const blockXX = <f64>across(xx);
      const blockYY = <f64>across(yy);
      const wayX = <f64>across(i32x4.extadd_pairwise_i16x8_s(straightX));
      const wayY = <f64>across(i32x4.extadd_pairwise_i16x8_s(straightY));
      const lone = (wayX * wayX + wayY * wayY) / 64;
      const weight = max(0, 1 - (2 * lone) / (blockXX + blockYY + 1));
      sumXX += weight * blockXX;
      sumYY += weight * blockYY;
      sumXY += weight * <f64>across(xy);
    }
  }
  store<f64>(out, sumXX);
  store<f64>(out, sumYY, 8);
  store<f64>(out, sumXY, 16);
}

function across(lanes: v128): i32 {
  return (
    i32x4.extract_lane(lanes, 0) +
    i32x4.extract_lane(lanes, 1) +
    i32x4.extract_lane(lanes, 2) +
    i32x4.extract_lane(lanes, 3)
  );
}
