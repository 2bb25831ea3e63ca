/**
 * The slant, among first x step to last x step and then half a step about the best, by which edges
 * are nearest to the edges of `modules` modules. Edges are f32 shares of the way along the code,
 * four at a time: what is beyond `count` has to be 0. Writes f32 slant and fitting.
 */
export function fit(
  edges: usize,
  count: i32,
  modules: f32,
  step: f32,
  first: i32,
  last: i32,
  out: usize,
): void {
  let slant: f32 = 0;
  let fitting: f32 = -1;
  for (let k = first; k <= last; k++) {
    const tried = <f32>k * step;
    const how = fittingOf(edges, count, modules, tried);
    if (how > fitting) {
      fitting = how;
      slant = tried;
    }
  }
  for (let side: f32 = -0.5; side <= 0.5; side += 1) {
    const tried = slant + side * step;
    const how = fittingOf(edges, count, modules, tried);
    if (how > fitting) {
      fitting = how;
      slant = tried;
    }
  }
  store<f32>(out, slant);
  store<f32>(out, fitting, 4);
}

/** How near edges are to modules' edges in the mean: 1 at them, -1 halfway between. */
function fittingOf(edges: usize, count: i32, modules: f32, slant: f32): f32 {
  const slants = f32x4.splat(slant);
  const scale = f32x4.splat(modules * (1 + slant));
  const one = f32x4.splat(1);
  let off = f32x4.splat(0);
  const end = edges + ((<usize>count) << 2);
  for (let at = edges; at < end; at += 16) {
    const share = v128.load(at);
    const place = f32x4.div(f32x4.mul(scale, share), f32x4.add(one, f32x4.mul(slants, share)));
    off = f32x4.add(off, f32x4.abs(f32x4.sub(place, f32x4.nearest(place))));
  }
  const all =
    f32x4.extract_lane(off, 0) +
    f32x4.extract_lane(off, 1) +
    f32x4.extract_lane(off, 2) +
    f32x4.extract_lane(off, 3);
  return 1 - (4 * all) / <f32>count;
}
