import {
  CLUSTER_BYTES,
  CLUSTERS_MOST,
  LEVEL,
  SPOT_BYTES,
  SPOTS,
  SPOTS_MOST,
  UPRIGHT,
} from './desk';

/** This is most of a finder, in pixels. */
const FAR: f32 = 3 * 7;
/** Of each way's clusters about so many are compared with the other's: the heaviest. */
const COMPARED: i32 = 150;
/** So many lines have to cross a finder's middle, along and across. */
const CROSSINGS: f32 = 4;
/** ... and this share of those that a finder of its size has. */
const CROSSED: f32 = 0.2;

/**
 * Adds a crossing to the cluster that it belongs to, or begins one: t and s of its middle, module,
 * weight, 1 for light on dark, s of its last. Clusters come in the order of their first s.
 * @param near how many modules crossings of one pattern are apart at most, along their lines,
 * @param apart and across them
 */
export function addCrossing(
  clusters: usize,
  count: i32,
  t: f32,
  s: f32,
  module: f32,
  isInverted: bool,
  near: f32,
  apart: f32,
): i32 {
  const inverted: f32 = isInverted ? 1 : 0;
  const begin = clusters;
  let at = clusters + <usize>count * CLUSTER_BYTES;
  let passed = 0;
  while (at > begin) {
    at -= CLUSTER_BYTES;
    // Those before were begun earlier; none of them is near any more.
    if (s - load<f32>(at, 24) > 3 * FAR) break;
    if (passed++ > 4 * COMPARED) break;
    if (s - load<f32>(at, 20) > FAR) continue;
    if (load<f32>(at, 16) !== inverted) continue;
    if (abs(load<f32>(at) - t) >= near * module) continue;
    if (abs(load<f32>(at, 4) - s) >= apart * module) continue;
    if (abs(load<f32>(at, 8) - module) >= <f32>0.4 * module) continue;
    const weight = load<f32>(at, 12) + 1;
    const share = <f32>1 / weight;
    store<f32>(at, load<f32>(at) + (t - load<f32>(at)) * share);
    store<f32>(at, load<f32>(at, 4) + (s - load<f32>(at, 4)) * share, 4);
    store<f32>(at, load<f32>(at, 8) + (module - load<f32>(at, 8)) * share, 8);
    store<f32>(at, weight, 12);
    store<f32>(at, s, 20);
    return count;
  }
  if (count >= CLUSTERS_MOST) return count;
  at = clusters + <usize>count * CLUSTER_BYTES;
  store<f32>(at, t);
  store<f32>(at, s, 4);
  store<f32>(at, module, 8);
  store<f32>(at, 1, 12);
  store<f32>(at, inverted, 16);
  store<f32>(at, s, 20);
  store<f32>(at, s, 24);
  return count + 1;
}

/** Leaves out the lightest clusters until not too many are left. */
function heaviest(clusters: usize, count: i32): i32 {
  let left = count;
  for (let least: f32 = 2; left > COMPARED && least < 6; least++) {
    let kept = 0;
    for (let i = 0; i < left; i++) {
      const at = clusters + <usize>i * CLUSTER_BYTES;
      if (load<f32>(at, 12) < least) continue;
      memory.copy(clusters + <usize>kept * CLUSTER_BYTES, at, CLUSTER_BYTES);
      kept++;
    }
    left = kept;
  }
  return min(left, 2 * COMPARED);
}

/**
 * Places where lines along and lines across both show a finder: x, y, module, 1 for light on dark,
 * and lines that showed it as a share of those that cross a finder of its size.
 * @returns how many there are at SPOTS
 */
export function spots(levels: i32, uprights: i32, step: f32): i32 {
  const a = heaviest(LEVEL, levels);
  const b = heaviest(UPRIGHT, uprights);
  let count = 0;
  for (let i = 0; i < a; i++) {
    const level = LEVEL + <usize>i * CLUSTER_BYTES;
    const x = load<f32>(level);
    const y = load<f32>(level, 4);
    const size = load<f32>(level, 8);
    for (let j = 0; j < b; j++) {
      const upright = UPRIGHT + <usize>j * CLUSTER_BYTES;
      const module = <f32>0.5 * (size + load<f32>(upright, 8));
      // What t is along a line is s across it.
      if (abs(load<f32>(upright, 4) - x) > <f32>1.5 * module) continue;
      if (abs(load<f32>(upright) - y) > <f32>1.5 * module) continue;
      if (load<f32>(level, 16) !== load<f32>(upright, 16)) continue;
      if (abs(size - load<f32>(upright, 8)) > <f32>0.45 * module) continue;
      const lines = load<f32>(level, 12) + load<f32>(upright, 12);
      const weight = min(<f32>1, (lines * step) / (6 * module));
      if (lines < CROSSINGS || weight < CROSSED) continue;
      // Lines along place it well in x, lines across in y.
      count = addSpot(count, x, load<f32>(upright), module, load<f32>(level, 16), weight);
    }
  }
  return count;
}

/** Keeps the likeliest of those that are in one place, and of all. */
function addSpot(count: i32, x: f32, y: f32, module: f32, inverted: f32, weight: f32): i32 {
  let lightest: usize = 0;
  let least = weight;
  for (let i = 0; i < count; i++) {
    const at = SPOTS + <usize>i * SPOT_BYTES;
    const near = abs(load<f32>(at) - x) + abs(load<f32>(at, 4) - y) < module;
    if (near && load<f32>(at, 12) === inverted) {
      if (load<f32>(at, 16) < weight) put(at, x, y, module, inverted, weight);
      return count;
    }
    if (load<f32>(at, 16) < least) {
      least = load<f32>(at, 16);
      lightest = at;
    }
  }
  if (count < SPOTS_MOST) {
    put(SPOTS + <usize>count * SPOT_BYTES, x, y, module, inverted, weight);
    return count + 1;
  }
  if (lightest !== 0) put(lightest, x, y, module, inverted, weight);
  return count;
}

function put(at: usize, x: f32, y: f32, module: f32, inverted: f32, weight: f32): void {
  store<f32>(at, x);
  store<f32>(at, y, 4);
  store<f32>(at, module, 8);
  store<f32>(at, inverted, 12);
  store<f32>(at, weight, 16);
}
