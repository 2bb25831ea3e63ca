import { POSTS } from '../../qr/assembly/desk';
import { posed } from '../../qr/assembly/posts';
import { alike } from './alike';
import {
  areNear,
  corner,
  cornerX,
  cornerY,
  farAlong,
  inside,
  meet,
  meetAlong,
  meetAt,
  side,
  sine,
} from './corners';
import {
  BEGUN,
  BEGUN_MOST,
  PAIR_BYTES,
  PAIRS,
  PAIRS_MOST,
  QUAD_BYTES,
  RIGHTS,
  RUN_MIDDLE,
  RUN_MOST,
  RUNS,
  SOLID_TABLE,
  UPS,
} from './desk';

/** Sides that meet are turned against each other by this sine at least. */
const UPRIGHT: f64 = 0.7;
/** They are so many pixels long, and one so many times longer than the other at most. */
const LONG_LEAST: i32 = 20;
const LONGER_MOST: f64 = 2.2;
/** One that is no longer than this share of the other may be as long as it. */
const HIDDEN: f64 = 0.92;
/** So many pixels without an edge end a side, which blur makes shorter; so many ends are tried. */
const GAP: i32 = 5;
const BLURRED: f64 = 1;
const ENDS_MOST: i32 = 3;
/** How like one tone, and another beside them, two sides are at least. */
const SOLID_LEAST: f32 = 0.6;
/** Corners that are so near to each other are the same. */
const NEAR_PX: f64 = 1.6;

let begun: i32 = 0;

/**
 * What two straight edges that meet may be the solid sides of, dark on light or light on dark, the
 * likeliest first: corners as if it were seen straight on, 1 or -1 for its tones.
 * @returns how many there are at BEGUN
 */
export function solids(sides: i32): i32 {
  begun = 0;
  const pairs = pairsOf(sides);
  for (let i = 0; i < pairs; i++) {
    const pair = PAIRS + <usize>i * PAIR_BYTES;
    meet(load<i32>(pair, 4), load<i32>(pair, 8));
    corner(3);
    for (let sign: f64 = 1; sign >= -1; sign -= 2) {
      opened(load<i32>(pair, 4), load<i32>(pair, 8), sign);
    }
  }
  return begun;
}

/** Left and lower sides, those with the longest shorter one. */
function pairsOf(sides: i32): i32 {
  let count = 0;
  for (let i = 0; i < sides; i++) {
    for (let j = 0; j < sides; j++) {
      // Whichever way outwards is, a quarter turn is one.
      if (sine(i, j) > -UPRIGHT) continue;
      meet(i, j);
      if (!inside()) continue;
      const weight = <i32>min(load<f64>(side(i), 24), load<f64>(side(j), 24));
      count = addPair(count, weight, i, j);
    }
  }
  return count;
}

function addPair(count: i32, weight: i32, left: i32, below: i32): i32 {
  let to = count;
  if (count === PAIRS_MOST) {
    to = 0;
    for (let i = 1; i < count; i++) if (pairWeight(i) < pairWeight(to)) to = i;
    if (pairWeight(to) >= weight) return count;
  }
  const at = PAIRS + <usize>to * PAIR_BYTES;
  store<i32>(at, weight);
  store<i32>(at, left, 4);
  store<i32>(at, below, 8);
  return min(count + 1, PAIRS_MOST);
}

function pairWeight(i: i32): i32 {
  return load<i32>(PAIRS + <usize>i * PAIR_BYTES);
}

/** Adds what two sides from their corner may make, each as far as its edge goes on. */
function opened(left: i32, below: i32, sign: f64): void {
  const ups = endsOf(left, below, sign, UPS);
  const rights = ups > 0 ? endsOf(below, left, sign, RIGHTS) : 0;
  for (let i = 0; i < ups; i++) {
    const up = load<f64>(UPS + ((<usize>i) << 3));
    for (let j = 0; j < rights; j++) {
      const right = load<f64>(RIGHTS + ((<usize>j) << 3));
      const short = min(abs(up), abs(right));
      const long = max(abs(up), abs(right));
      if (long > LONGER_MOST * short) continue;
      reached(left, up, below, right, short, sign);
      // A finger may hide the end of the shorter one.
      if (short > HIDDEN * long) continue;
      if (abs(up) < long) reached(left, up < 0 ? -long : long, below, right, short, sign);
      else reached(left, up, below, right < 0 ? -long : long, short, sign);
    }
  }
}

/** Adds what two sides from their corner make, each so long. */
function reached(left: i32, up: f64, below: i32, right: f64, short: f64, sign: f64): void {
  meetAlong(left, 3, up);
  if (!inside()) return;
  corner(0);
  meetAlong(below, 3, right);
  if (!inside()) return;
  corner(2);
  meetAt(cornerX(0) + cornerX(2) - cornerX(3), cornerY(0) + cornerY(2) - cornerY(3));
  corner(1);
  const solid = posed(1) ? <f32>sign * alike(SOLID_TABLE) : -1;
  if (solid >= SOLID_LEAST) begin(<f64>(solid * solid) * sqrt<f64>(short), sign);
}

/**
 * Ends of a solid side that begins at the corner where another meets it, as they are along it.
 * @returns how many there are at `out`, the nearest first
 */
function endsOf(one: i32, other: i32, sign: f64, out: usize): i32 {
  // Inwards from the other side.
  const way = sign * sine(other, one) > 0 ? 1 : -1;
  let t = <i32>floor<f64>(farAlong(one, 3) + 0.5) + RUN_MIDDLE;
  let count = 0;
  let seen = 0;
  let gap = 0;
  for (let far = 0; count < ENDS_MOST; far++, t += way) {
    const isOut = t < 0 || t >= RUN_MOST;
    if (!isOut && load<u8>(RUNS + <usize>(one * RUN_MOST + t)) !== 0) {
      seen++;
      gap = 0;
      continue;
    }
    gap++;
    const long = far - gap + 1;
    // A finger or a glare may hide half of it.
    if ((gap === GAP || isOut) && long >= LONG_LEAST && 2 * seen >= long) {
      store<f64>(out + ((<usize>count) << 3), <f64>way * (<f64>long + BLURRED));
      count++;
    }
    if (isOut) break;
  }
  return count;
}

/** Keeps what is most likely worth being tried; of what is the same, the likelier. */
function begin(weight: f64, sign: f64): void {
  for (let i = 0; i < begun; i++) {
    const at = BEGUN + <usize>i * QUAD_BYTES;
    if (load<f64>(at, 64) !== sign || !areNear(at, NEAR_PX)) continue;
    if (load<f64>(at, 72) >= weight) return;
    begun--;
    memory.copy(at, at + QUAD_BYTES, <usize>(begun - i) * QUAD_BYTES);
    break;
  }
  let i = begun;
  while (i > 0) {
    const at = BEGUN + <usize>(i - 1) * QUAD_BYTES;
    if (load<f64>(at, 72) >= weight) break;
    if (i < BEGUN_MOST) memory.copy(at + QUAD_BYTES, at, QUAD_BYTES);
    i--;
  }
  if (i === BEGUN_MOST) return;
  const at = BEGUN + <usize>i * QUAD_BYTES;
  memory.copy(at, POSTS, 64);
  store<f64>(at, sign, 64);
  store<f64>(at, weight, 72);
  begun = min(begun + 1, BEGUN_MOST);
}
