import { findEdges, firstFalls } from './edges';
// biome-ignore lint/style/useImportType: AssemblyScript has no such imports
import { span, spanFrom, spanTo, View } from './view';

/** The start pattern's runs and the stop pattern's in modules, forwards and backwards. */
const RUNS: usize = memory.data<u8>([
  8, 1, 1, 1, 1, 1, 1, 3, 0, 7, 1, 1, 3, 1, 1, 1, 2, 1, 3, 1, 1, 1, 1, 1, 1, 8, 0, 1, 2, 1, 1, 1, 3,
  1, 1, 7,
]);
const RUNS_APART: usize = 9;
/** Pairs of runs may be wrong by this much, in modules: in the mean, and the worst of them. */
const OFF_IN_MEAN: f32 = 0.45;
const OFF_AT_WORST: f32 = 1.1;
const QUIET_MODULES: f32 = 1.2;
/** Samples are in eighths of a level. */
const PARTS = 8;
/** An edge is at least so many levels, and such a share of the line's range. */
const SWING_LEAST = 5;
const FAINT_SWING_LEAST: f32 = 1.5;
const SWING_SHARE: f32 = 0.12;
/** ... or so many times the noise. */
const NOISES: f32 = 5;
const BINS = 256;
const BIN_SHIFT = 4;
const bins: usize = memory.data(BINS * 4, 16);
/** Samples of a line that is too short to be looked at. */
const LEAST = 20;

/**
 * Looks for guards along lines of an upright view: `taps` rows taken together every `step` rows.
 * Writes a hit as four f32: which pattern (0 start, 1 stop, 2 and 3 the same backwards; 4 more
 * where it is light on dark), the line's s, and where on it the pattern begins and ends.
 * @returns hits, at most `most`
 */
export function guards(
  at: usize,
  rows: usize,
  lines: i32,
  columns: i32,
  taps: i32,
  step: i32,
  faint: i32,
  room: usize,
  edges: usize,
  out: usize,
  most: i32,
): i32 {
  const view = changetype<View>(at);
  const last = out + ((<usize>most) << 4);
  const begin = out;
  for (let row = 0; row + taps <= lines; row += step) {
    const s = view.top + (<f64>row + <f64>(taps - 1) / 2) * view.apart;
    span(view, s, 0);
    const first = max(0, <i32>ceil(spanFrom - view.left));
    const count = min(columns - 1, <i32>floor(spanTo - view.left)) - first + 1;
    if (count < LEAST) continue;
    together(rows + ((<usize>(row * columns + first)) << 1), columns << 1, taps, count, room);
    const swing = faint ? noiseSwing(room, count, taps) : rangeSwing(room, count, taps);
    const found = findEdges(room, count, swing, edges);
    const left = <f32>(view.left + <f64>first);
    out = matches(edges, found, <f32>s, left, out, last);
  }
  return <i32>(out - begin) >> 4;
}

/** The sum of so many rows. */
function together(at: usize, pitch: i32, taps: i32, count: i32, room: usize): void {
  const end = room + ((<usize>count) << 1);
  while (room < end) {
    let sum = v128.load(at);
    for (let tap = 1; tap < taps; tap++) sum = i16x8.add(sum, v128.load(at + tap * pitch));
    v128.store(room, sum);
    at += 16;
    room += 16;
  }
}

/** A share of the difference between the lightest and the darkest sample. */
function rangeSwing(line: usize, count: i32, taps: i32): i32 {
  let low = i16x8.splat(32_767);
  let high = i16x8.splat(-32_768);
  const end = line + ((<usize>count) << 1);
  for (; line + 16 <= end; line += 16) {
    low = i16x8.min_s(low, v128.load(line));
    high = i16x8.max_s(high, v128.load(line));
  }
  // The last eight once more: lines have more than that.
  low = i16x8.min_s(low, v128.load(end - 16));
  high = i16x8.max_s(high, v128.load(end - 16));
  const range = most(high) + most(i16x8.neg(low));
  return max(SWING_LEAST * PARTS * taps, <i32>(SWING_SHARE * <f32>range));
}

function most(lanes: v128): i32 {
  lanes = i16x8.max_s(lanes, i16x8.shuffle(lanes, lanes, 4, 5, 6, 7, 0, 1, 2, 3));
  lanes = i16x8.max_s(lanes, i16x8.shuffle(lanes, lanes, 2, 3, 0, 1, 4, 5, 6, 7));
  return max(<i32>i16x8.extract_lane_s(lanes, 0), <i32>i16x8.extract_lane_s(lanes, 1));
}

/** So many times the noise: the median of how far every other sample is from its neighbours' mean. */
function noiseSwing(line: usize, count: i32, taps: i32): i32 {
  memory.fill(bins, 0, BINS * 4);
  const end = line + ((<usize>count) << 1);
  let counted = 0;
  for (let at = line + 4; at < end; at += 4) {
    const around = <i32>load<i16>(at - 4) + <i32>load<i16>(at);
    const off = abs(2 * <i32>load<i16>(at - 2) - around);
    const bin = bins + ((<usize>min(BINS - 1, off >> BIN_SHIFT)) << 2);
    store<i32>(bin, load<i32>(bin) + 1);
    counted++;
  }
  let left = <f32>counted / 2;
  let bin = 0;
  while (bin < BINS - 1 && left > <f32>load<i32>(bins + ((<usize>bin) << 2))) {
    left -= <f32>load<i32>(bins + ((<usize>bin) << 2));
    bin++;
  }
  const share = left / max<f32>(1, <f32>load<i32>(bins + ((<usize>bin) << 2)));
  // Bins are of twice what a sample is off.
  const noise = (<f32>bin + share) * <f32>(1 << (BIN_SHIFT - 1));
  return <i32>max(FAINT_SWING_LEAST * <f32>(PARTS * taps), NOISES * noise);
}

/**
 * All patterns at every edge. What is half of a pattern, its widest bar and the space beside that,
 * is looked at first: few places have it.
 */
function matches(edges: usize, count: i32, s: f32, left: f32, out: usize, last: usize): usize {
  for (let i = 0; i + 8 < count; i++) {
    const at = edges + ((<usize>i) << 2);
    const begin = load<f32>(at);
    const second = load<f32>(at, 8) - begin;
    const eight = load<f32>(at, 32) - begin;
    if (isNear(second, 9, eight, 17)) out = match(edges, count, i, 0, s, left, out, last);
    if (isNear(eight + begin - load<f32>(at, 24), 9, eight, 17)) {
      out = match(edges, count, i, 2, s, left, out, last);
    }
    if (i + 9 >= count) continue;
    const nine = load<f32>(at, 36) - begin;
    if (isNear(second, 8, nine, 18)) out = match(edges, count, i, 1, s, left, out, last);
    if (isNear(nine + begin - load<f32>(at, 28), 8, nine, 18)) {
      out = match(edges, count, i, 3, s, left, out, last);
    }
  }
  return out;
}

function isNear(pair: f32, wanted: f32, all: f32, modules: f32): bool {
  return abs(pair * modules - wanted * all) <= OFF_AT_WORST * all;
}

/** Compares pairs of neighbouring runs, which blur leaves as they are. */
function match(
  edges: usize,
  count: i32,
  i: i32,
  pattern: i32,
  s: f32,
  left: f32,
  out: usize,
  last: usize,
): usize {
  const isStop = pattern & 1;
  const isBackwards = pattern >> 1;
  const runs = 8 + isStop;
  const modules: f32 = isStop ? 18 : 17;
  const wanted = RUNS + <usize>pattern * RUNS_APART;
  const at = edges + ((<usize>i) << 2);
  const begin = load<f32>(at);
  const end = load<f32>(at + ((<usize>runs) << 2));
  const module = (end - begin) / modules;
  let off: f32 = 0;
  for (let k = 0; k + 1 < runs; k++) {
    const run = at + ((<usize>k) << 2);
    const pair = <f32>(<i32>load<u8>(wanted + k) + <i32>load<u8>(wanted + k, 1));
    const wrong = abs(load<f32>(run, 8) - load<f32>(run) - pair * module);
    if (wrong > OFF_AT_WORST * module) return out;
    off += wrong;
  }
  if (off > OFF_IN_MEAN * module * <f32>(runs - 1)) return out;
  const quiet = QUIET_MODULES * module;
  // Forwards the start begins the symbol; a stop read backwards begins it too.
  if (isStop === isBackwards) {
    if (i > 0 && begin - load<f32>(at - 4) < quiet) return out;
  } else if (i + runs + 1 < count && load<f32>(at + ((<usize>runs) << 2), 4) - end < quiet) {
    return out;
  }
  if (out >= last) return out;
  const falls = <bool>(i & 1) !== firstFalls;
  const beginsWithBar = <bool>(isStop | (isBackwards ^ 1));
  store<f32>(out, <f32>(pattern + (falls !== beginsWithBar ? 4 : 0)));
  store<f32>(out, s, 4);
  store<f32>(out, left + begin, 8);
  store<f32>(out, left + end, 12);
  return out + 16;
}
