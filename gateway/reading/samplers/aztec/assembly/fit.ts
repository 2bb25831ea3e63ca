import { ALL, MIDDLES_U, MIDDLES_V, SEEN, SHARP, SOME, SUMS, WARP } from '../../qr/assembly/desk';
import { likeness, look } from '../../qr/assembly/look';
import { meanAt, sumsOf } from '../../qr/assembly/modules';

/** Figures of a warp that are moved: a plane's six, two of perspective, two of bends. */
const FIGURES: i32 = 10;
const LAST_STEP: f64 = 0.05;
/** What a bend, or a slant, as large as half the symbol costs: paper is flat until it shows. */
const STRAIN: f64 = 0.15;

/** What is being fitted. */
let from: usize = 0;
let w: i32 = 0;
let h: i32 = 0;
let sign: f64 = 1;
let size: i32 = 0;
let allCount: i32 = 0;
let allPower: f32 = 0;
let someCount: i32 = 0;
let somePower: f32 = 0;

/** The picture that symbols are fitted in, and whether they are light on dark (-1). */
export function fitIn(at: usize, width: i32, height: i32, way: f64): void {
  from = at;
  w = width;
  h = height;
  sign = way;
}

/** The layout that is fitted: all modules that are known lie at ALL, the core's at SOME. */
export function fitTo(modules: i32, all: i32, powerOfAll: f32, some: i32, powerOfSome: f32): void {
  size = modules;
  allCount = all;
  allPower = powerOfAll;
  someCount = some;
  somePower = powerOfSome;
}

/** How like what they have to be the known modules are; only the core's, or all. */
export function like(all: bool): f64 {
  if (all) return sign * <f64>likeness(ALL, SEEN, allCount, allPower, from, w, h);
  return sign * <f64>likeness(SOME, SEEN, someCount, somePower, from, w, h);
}

/** How far the middle ones of all modules, `side` along a side, are from the mean around them. */
export function clearness(side: i32): f64 {
  const step: f32 = 2 / <f32>size;
  const first = <f32>0.5 - <f32>side / 2;
  let at: usize = 0;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      store<f32>(MIDDLES_U + at, (<f32>x + first) * step);
      store<f32>(MIDDLES_V + at, (<f32>y + first) * step);
      at += 4;
    }
  }
  const count = side * side;
  for (let i: usize = 0; i < 4; i++) {
    store<f32>(MIDDLES_U + at + (i << 2), 0);
    store<f32>(MIDDLES_V + at + (i << 2), 0);
  }
  look(MIDDLES_U, MIDDLES_V, SHARP, (count + 3) & ~3, from, w, h);
  sumsOf(side, false);
  let sum: f64 = 0;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const value = <f64>load<f32>(SHARP + ((<usize>(y * side + x)) << 2));
      sum += abs(value - meanAt(SUMS, side, x, y));
    }
  }
  return sum / <f64>count;
}

let clearBefore: f64 = 1;

function scored(side: i32): f64 {
  const bends = abs(load<f64>(WARP, 64)) + abs(load<f64>(WARP, 72));
  const slants = abs(load<f64>(WARP, 48)) + abs(load<f64>(WARP, 56));
  if (slants > 0.7) return -9;
  const score = like(side === size) + clearness(side) / clearBefore;
  return score - STRAIN * (bends + 0.3 * slants);
}

/**
 * Moves the warp's figures by shorter and shorter steps until the core is most like what it has to
 * be, and the middle `side` × `side` modules stand out most.
 * @param first the first step, in modules at the edge of these
 */
export function fit(side: i32, first: f64, rounds: i32): f64 {
  clearBefore = clearness(side) + 1;
  const a = load<f64>(WARP);
  const b = load<f64>(WARP, 8);
  const d = load<f64>(WARP, 24);
  const e = load<f64>(WARP, 32);
  const half = sqrt<f64>(abs(a * e - b * d));
  let best = scored(side);
  let step = first;
  for (let round = 0; round < rounds; round++) {
    const before = best;
    for (let k = 0; k < FIGURES; k++) {
      // A module at the edge of what is looked at: of the picture, or of the symbol's half.
      const reach = <f64>size / <f64>side;
      const module = (2 / <f64>size) * (k < 6 ? half : 1);
      const far = k === 2 || k === 5 ? 0.5 : k < 6 ? reach : reach * reach;
      const move = step * module * far;
      const at = WARP + ((<usize>k) << 3);
      const last = load<f64>(at);
      for (let way = 0; way < 2; way++) {
        store<f64>(at, way === 0 ? last + move : last - move);
        const score = scored(side);
        if (score > best) {
          best = score;
          break;
        }
        store<f64>(at, last);
      }
    }
    step *= best > before ? 0.85 : 0.5;
    if (step < LAST_STEP) break;
  }
  return like(side === size);
}
