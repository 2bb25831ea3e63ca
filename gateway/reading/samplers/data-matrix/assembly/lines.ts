import {
  DIRECTIONS,
  DISTANCES,
  FIRSTS,
  PEAK_BYTES,
  PEAKS,
  PEAKS_MOST,
  PLACE_BYTES,
  PLACES,
  RUN_MIDDLE,
  RUN_MOST,
  RUNS,
  SIDE_BYTES,
  SIDES,
  SIDES_MOST,
  SORTED,
  VOTES,
  WAYS,
} from './desk';

/** An edge votes for directions so many beside its own. */
const BESIDE: i32 = 2;
/** Edges along a straight one, in pixels, at least. */
const PLACES_LEAST: i32 = 5;
/** Votes for one, those of the middle twice, at least. */
const VOTES_LEAST: i32 = 16;
/** Straight edges of so many directions and pixels from each other are one. */
const NEAR_WAYS: i32 = 3;
const NEAR_PX: i32 = 3;
/** Places of a straight edge are so many pixels off it, and directions off its, at first and last. */
const OFF_FIRST: f64 = 2.2;
const OFF_LAST: f64 = 1.1;
const OFF_WAYS: i32 = 5;
/** Straight edges that are so near to each other so far from their middle are one. */
const SAME_PX: f64 = 1;
const SAME_REACH: f64 = 30;

/**
 * Straight edges among `count` places: the normal, to the lighter side, the distance from the
 * middle of the picture, how many places are on it, and from where to where along it.
 * @returns how many there are at SIDES
 */
export function lines(count: i32): i32 {
  sort(count);
  vote(count);
  const peaks = peaksOf();
  let kept = 0;
  while (kept < SIDES_MOST) {
    const best = heaviest(peaks);
    if (best === 0) break;
    const place = load<i32>(best, 4);
    remove(peaks, place);
    if (fitted(place, kept) && isNew(kept)) kept++;
  }
  return kept;
}

/** Puts places in the order of their directions, once around and a bit: those of some lie together. */
function sort(count: i32): void {
  memory.fill(FIRSTS, 0, (DIRECTIONS + 1) << 2);
  for (let i = 0; i < count; i++) {
    const at = FIRSTS + ((<usize>load<i32>(PLACES + <usize>i * PLACE_BYTES, 8)) << 2);
    store<i32>(at, load<i32>(at, 4) + 1, 4);
  }
  for (let way: usize = 1; way <= <usize>DIRECTIONS; way++) {
    const at = FIRSTS + (way << 2);
    store<i32>(at, load<i32>(at) + load<i32>(at - 4));
  }
  for (let i = 0; i < count; i++) {
    const at = PLACES + <usize>i * PLACE_BYTES;
    const first = FIRSTS + ((<usize>load<i32>(at, 8)) << 2);
    const to = load<i32>(first);
    store<i32>(first, to + 1);
    memory.copy(SORTED + <usize>to * PLACE_BYTES, at, PLACE_BYTES);
  }
}

/** Where places of a direction begin among those in order: what comes before it has them all. */
function firstOf(way: i32): i32 {
  return way === 0 ? 0 : load<i32>(FIRSTS + ((<usize>(way - 1)) << 2));
}

function vote(count: i32): void {
  memory.fill(VOTES, 0, (DIRECTIONS * DISTANCES) << 1);
  for (let i = 0; i < count; i++) {
    const at = PLACES + <usize>i * PLACE_BYTES;
    const x = <f64>load<f32>(at);
    const y = <f64>load<f32>(at, 4);
    const own = load<i32>(at, 8);
    for (let k = -BESIDE; k <= BESIDE; k++) {
      const way = (own + k) & (DIRECTIONS - 1);
      const normal = WAYS + ((<usize>way) << 4);
      const far = x * load<f64>(normal) + y * load<f64>(normal, 8);
      const to = votesAt(way, <i32>(far + <f64>(DISTANCES >> 1) + 0.5));
      store<u16>(to, load<u16>(to) + 1);
    }
  }
}

function votesAt(way: i32, far: i32): usize {
  return VOTES + ((<usize>(way * DISTANCES + far)) << 1);
}

/** Votes of three distances in a row, the middle one's twice. */
function three(at: usize): i32 {
  return <i32>load<u16>(at - 2) + 2 * <i32>load<u16>(at) + <i32>load<u16>(at + 2);
}

/** Where more edges agree than on what is near. */
function peaksOf(): i32 {
  let count = 0;
  for (let way = 0; way < DIRECTIONS; way++) {
    const less = votesAt((way - 1) & (DIRECTIONS - 1), 0);
    const more = votesAt((way + 1) & (DIRECTIONS - 1), 0);
    const row = votesAt(way, 0);
    for (let far = 2; far < DISTANCES - 2; far++) {
      const off = (<usize>far) << 1;
      if (load<u16>(row + off) === 0) continue;
      const sum = three(row + off);
      if (sum < VOTES_LEAST) continue;
      if (sum < three(row + off - 2) || sum <= three(row + off + 2)) continue;
      if (sum < three(less + off) || sum <= three(more + off)) continue;
      if (count >= PEAKS_MOST) return count;
      const at = PEAKS + <usize>count * PEAK_BYTES;
      store<i32>(at, sum);
      store<i32>(at, way * DISTANCES + far, 4);
      count++;
    }
  }
  return count;
}

function heaviest(peaks: i32): usize {
  let best: usize = 0;
  let most = 0;
  for (let i = 0; i < peaks; i++) {
    const at = PEAKS + <usize>i * PEAK_BYTES;
    if (load<i32>(at) <= most) continue;
    most = load<i32>(at);
    best = at;
  }
  return best;
}

/** Takes a peak out, and those near it. */
function remove(peaks: i32, place: i32): void {
  const way = place / DISTANCES;
  const far = place % DISTANCES;
  for (let i = 0; i < peaks; i++) {
    const at = PEAKS + <usize>i * PEAK_BYTES;
    const other = load<i32>(at, 4);
    if (waysApart(way, other / DISTANCES) > NEAR_WAYS) continue;
    if (abs((other % DISTANCES) - far) <= NEAR_PX) store<i32>(at, 0);
  }
}

function waysApart(one: i32, other: i32): i32 {
  const apart = (one - other) & (DIRECTIONS - 1);
  return min(apart, DIRECTIONS - apart);
}

/** The straight line through the places that voted for a peak; false where they are too few. */
function fitted(place: i32, index: i32): bool {
  const out = SIDES + <usize>index * SIDE_BYTES;
  const run = RUNS + <usize>(index * RUN_MOST);
  memory.fill(run, 0, RUN_MOST);
  const way = place / DISTANCES;
  const normal = WAYS + ((<usize>way) << 4);
  let nx = load<f64>(normal);
  let ny = load<f64>(normal, 8);
  let far = <f64>((place % DISTANCES) - (DISTANCES >> 1));
  let on = 0;
  let first: f64 = 0;
  let last: f64 = 0;
  for (let round = 0; round < 3; round++) {
    const most = round === 1 ? OFF_LAST : OFF_FIRST;
    on = 0;
    first = 1e9;
    last = -1e9;
    let sumT: f64 = 0;
    let sumD: f64 = 0;
    let sumTT: f64 = 0;
    let sumTD: f64 = 0;
    for (let k = way - OFF_WAYS; k <= way + OFF_WAYS; k++) {
      const other = k & (DIRECTIONS - 1);
      const end = SORTED + <usize>load<i32>(FIRSTS + ((<usize>other) << 2)) * PLACE_BYTES;
      for (let at = SORTED + <usize>firstOf(other) * PLACE_BYTES; at < end; at += PLACE_BYTES) {
        const x = <f64>load<f32>(at);
        const y = <f64>load<f32>(at, 4);
        const d = x * nx + y * ny - far;
        if (abs(d) > most) continue;
        const t = y * nx - x * ny;
        if (round === 2) store<u8>(run + <usize>(<i32>floor<f64>(t + 0.5) + RUN_MIDDLE), 1);
        if (round === 2 && abs(d) > OFF_LAST) continue;
        first = min(first, t);
        last = max(last, t);
        sumT += t;
        sumD += d;
        sumTT += t * t;
        sumTD += t * d;
        on++;
      }
    }
    if (on < PLACES_LEAST) return false;
    if (round === 2) break;
    const spread = sumTT - (sumT * sumT) / <f64>on;
    if (spread < 1) return false;
    const slope = (sumTD - (sumT * sumD) / <f64>on) / spread;
    const at = far + (sumD - slope * sumT) / <f64>on;
    // d = at + slope × t is the line n - slope × along, which is as long again.
    const long = sqrt<f64>(1 + slope * slope);
    const turned = (nx + slope * ny) / long;
    ny = (ny - slope * nx) / long;
    nx = turned;
    far = at / long;
  }
  store<f64>(out, nx);
  store<f64>(out, ny, 8);
  store<f64>(out, far, 16);
  store<f64>(out, <f64>on, 24);
  store<f64>(out, first, 32);
  store<f64>(out, last, 40);
  return true;
}

/** Whether the last of some straight edges is none of those before it. */
function isNew(last: i32): bool {
  const one = SIDES + <usize>last * SIDE_BYTES;
  const middle = (load<f64>(one, 32) + load<f64>(one, 40)) / 2;
  for (let i = 0; i < last; i++) {
    const other = SIDES + <usize>i * SIDE_BYTES;
    if (offAt(one, middle - SAME_REACH, other) > SAME_PX) continue;
    if (offAt(one, middle + SAME_REACH, other) <= SAME_PX) return false;
  }
  return true;
}

/** How far a place along a straight edge is from another one that looks the same way. */
function offAt(one: usize, t: f64, other: usize): f64 {
  const nx = load<f64>(one);
  const ny = load<f64>(one, 8);
  const far = load<f64>(one, 16);
  const mx = load<f64>(other);
  const my = load<f64>(other, 8);
  if (nx * mx + ny * my < 0) return 1e9;
  return abs((far * nx - t * ny) * mx + (far * ny + t * nx) * my - load<f64>(other, 16));
}
