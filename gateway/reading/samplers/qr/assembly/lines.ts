import { addCrossing } from './clusters';
import { BINS, EDGES, LINE, LINE_MOST } from './desk';

/** What is no edge, two levels: lines are sums of four. */
const SWING_LEAST: f32 = 8;
const NOISES: i32 = 256;
/** Modules of a finder that are gone on with, in pixels. */
const MODULE_LEAST: f32 = 1.1;
const MODULE_MOST: f32 = 7;

/**
 * Looks for finders along every line of a picture that is a `step` further down: dark, light, dark,
 * light, dark over 1, 1, 3, 1 and 1 modules, or the other way round.
 * @returns how many clusters of crossings there are at `clusters`
 */
export function cross(from: usize, w: i32, h: i32, step: f32, clusters: usize): i32 {
  let count = 0;
  const length = min(w, LINE_MOST);
  for (let s: f32 = 1; s < <f32>(h - 1); s += step) {
    const range = mixLine(from + <usize>(<i32>s * w), w, length);
    const noise = <f32>0.5 * <f32>noiseOf(length);
    const swing = max(SWING_LEAST, min(<f32>0.15 * <f32>range, <f32>4.5 * noise));
    const edges = findEdges(length, <i32>swing);
    count = match(edges, s, clusters, count);
  }
  return count;
}

/** A line mixed with its neighbours, 1-2-1; gives how far its lightest is from its darkest. */
function mixLine(at: usize, w: i32, length: i32): i32 {
  let low = i16x8.splat(0x7fff);
  let high = i16x8.splat(0);
  for (let x = 0; x < length; x += 8) {
    const here = at + x;
    const sides = i16x8.add(v128.load8x8_u(here - w), v128.load8x8_u(here + w));
    const sum = i16x8.add(sides, i16x8.shl(v128.load8x8_u(here), 1));
    v128.store(LINE + ((<usize>x) << 1), sum);
    if (x + 8 > length) break;
    low = i16x8.min_s(low, sum);
    high = i16x8.max_s(high, sum);
  }
  low = i16x8.min_s(
    low,
    i8x16.shuffle(low, low, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7),
  );
  high = i16x8.max_s(
    high,
    i8x16.shuffle(high, high, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7),
  );
  low = i16x8.min_s(
    low,
    i8x16.shuffle(low, low, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11),
  );
  high = i16x8.max_s(
    high,
    i8x16.shuffle(high, high, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11),
  );
  return (
    max(i16x8.extract_lane_s(high, 0), i16x8.extract_lane_s(high, 1)) -
    min(i16x8.extract_lane_s(low, 0), i16x8.extract_lane_s(low, 1))
  );
}

/** The median of how far every second sample is from its neighbours' mean, in eighths of a level. */
function noiseOf(length: i32): i32 {
  memory.fill(BINS, 0, NOISES << 2);
  for (let x = 1; x + 1 < length; x += 2) {
    const at = LINE + ((<usize>x) << 1);
    const off = abs(2 * <i32>load<i16>(at) - <i32>load<i16>(at - 2) - <i32>load<i16>(at + 2));
    const bin = BINS + ((<usize>min(off, NOISES - 1)) << 2);
    store<i32>(bin, load<i32>(bin) + 1);
  }
  let left = (length - 2) >> 2;
  let bin = 0;
  while (bin < NOISES - 1) {
    left -= load<i32>(BINS + ((<usize>bin) << 2));
    if (left <= 0) break;
    bin++;
  }
  return bin;
}

/**
 * Edges between peaks and valleys that differ by `swing` or more: where the line crosses the middle
 * between the two. Negative where the first one rises.
 */
function findEdges(length: i32, swing: i32): i32 {
  let low = 0;
  let high = 0;
  let least = <i32>load<i16>(LINE);
  let most = least;
  let i = 1;
  let count = 0;
  let rises = false;
  for (; i < length; i++) {
    const value = sample(i);
    if (value > most) {
      most = value;
      high = i;
      if (value - least >= swing) {
        rises = true;
        break;
      }
    } else if (value < least) {
      least = value;
      low = i;
      if (most - value >= swing) break;
    }
  }
  if (i >= length) return 0;
  const firstRises = rises;
  i++;
  while (true) {
    if (rises) {
      for (; i < length; i++) {
        const value = sample(i);
        if (value > most) {
          most = value;
          high = i;
        } else if (most - value >= swing) break;
      }
      addEdge(count++, low, high, least + most, true);
      if (i >= length) break;
      low = i;
      least = sample(i);
    } else {
      for (; i < length; i++) {
        const value = sample(i);
        if (value < least) {
          least = value;
          low = i;
        } else if (value - least >= swing) break;
      }
      addEdge(count++, high, low, least + most, false);
      if (i >= length) break;
      high = i;
      most = sample(i);
    }
    rises = !rises;
    i++;
  }
  return firstRises ? -count : count;
}

function sample(i: i32): i32 {
  return <i32>load<i16>(LINE + ((<usize>i) << 1));
}

/** The crossing of the middle between two turning points; `twice` the middle is given. */
function addEdge(edge: i32, from: i32, to: i32, twice: i32, rises: bool): void {
  let i = from;
  if (rises) while (i < to && 2 * sample(i + 1) < twice) i++;
  else while (i < to && 2 * sample(i + 1) > twice) i++;
  const here = sample(i);
  const step = sample(i + 1) - here;
  const part: f32 = step === 0 ? 0.5 : (<f32>0.5 * <f32>(twice - 2 * here)) / <f32>step;
  store<f32>(EDGES + ((<usize>edge) << 2), <f32>i + part);
}

function match(edges: i32, s: f32, clusters: usize, known: i32): i32 {
  const firstFalls = edges > 0;
  const most = abs(edges) - 5;
  let count = known;
  for (let i = 0; i < most; i++) {
    const at = EDGES + ((<usize>i) << 2);
    const a = load<f32>(at);
    const f = load<f32>(at, 20);
    const module = (f - a) / 7;
    if (module < MODULE_LEAST || module > MODULE_MOST) continue;
    const b = load<f32>(at, 4);
    const c = load<f32>(at, 8);
    const d = load<f32>(at, 12);
    const e = load<f32>(at, 16);
    if (abs(c - a - 2 * module) > module) continue;
    if (abs(d - b - 4 * module) > module) continue;
    if (abs(e - c - 4 * module) > module) continue;
    if (abs(f - d - 2 * module) > module) continue;
    const isInverted = ((i & 1) === 0) !== firstFalls;
    count = addCrossing(clusters, count, (a + c + d + f) / 4, s, module, isInverted);
  }
  return count;
}
