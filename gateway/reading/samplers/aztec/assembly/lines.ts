import { addCrossing } from '../../qr/assembly/clusters';
import { EDGES } from '../../qr/assembly/desk';
import { edgesAt, MODULE_LEAST, MODULE_MOST, noiseOf } from '../../qr/assembly/lines';

/** Of a bullseye's nine modules in a line the middle ones are asked for. */
const RUNS: usize = 7;
/** Modules that an edge may be off; more joins what are crossings of different rings. */
const OFF_MOST: f32 = 0.5;
/** Crossings of one middle are so many modules apart at most, along their lines and across. */
const NEAR: f32 = 0.7;
const APART: f32 = 1.6;

/**
 * Looks for bullseyes along every line of a picture that is a `step` further down: dark and light
 * in turn, over seven modules.
 * @returns how many clusters of crossings there are at `clusters`
 */
export function cross(from: usize, w: i32, h: i32, step: f32, clusters: usize): i32 {
  let count = 0;
  const noise = noiseOf(from, w, h);
  for (let s: f32 = 1; s < <f32>(h - 1); s += step) {
    count = match(edgesAt(from, w, <i32>s, noise), s, clusters, count);
  }
  return count;
}

function match(edges: i32, s: f32, clusters: usize, known: i32): i32 {
  let count = known;
  for (let i = 0; i < edges - <i32>RUNS; i += 4) {
    let fits = fitting(EDGES + ((<usize>i) << 2));
    while (fits !== 0) {
      const first = i + ctz(fits);
      fits &= fits - 1;
      if (first >= edges - <i32>RUNS) break;
      const at = EDGES + ((<usize>first) << 2);
      let sum: f32 = 0;
      for (let k: usize = 0; k <= RUNS; k++) sum += load<f32>(at + (k << 2));
      const module = (load<f32>(at, RUNS << 2) - load<f32>(at)) / <f32>RUNS;
      // Even edges go from light to dark; the first module is light where the middle is dark.
      const isInverted = (first & 1) === 0;
      const t = sum / <f32>(RUNS + 1);
      count = addCrossing(clusters, count, t, s, module, isInverted, NEAR, APART);
    }
  }
  return count;
}

/** At which of four edges in turn equal modules begin, as bits. */
function fitting(at: usize): i32 {
  const first = v128.load(at);
  const span = f32x4.sub(v128.load(at, RUNS << 2), first);
  const module = f32x4.mul(span, f32x4.splat(1.0 / <f32>RUNS));
  let off = f32x4.splat(0);
  let place = module;
  for (let k: usize = 1; k < RUNS; k++) {
    const edge = f32x4.sub(v128.load(at + (k << 2)), first);
    off = f32x4.max(off, f32x4.abs(f32x4.sub(edge, place)));
    place = f32x4.add(place, module);
  }
  let fits = f32x4.le(off, f32x4.mul(module, f32x4.splat(OFF_MOST)));
  fits = v128.and(fits, f32x4.ge(module, f32x4.splat(MODULE_LEAST)));
  return i32x4.bitmask(v128.and(fits, f32x4.le(module, f32x4.splat(MODULE_MOST))));
}
