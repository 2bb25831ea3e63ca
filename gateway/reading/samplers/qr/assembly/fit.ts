import { POSTS } from './desk';
import { clearness } from './modules';
import { posed, post } from './posts';
import { from, h, likeAll, likeSome, size, w } from './target';

/** Turns of the fit, each with shorter steps than the one before. */
const ROUNDS: i32 = 16;
const CLEAR_ROUNDS: i32 = 6;
const LAST_STEP: f64 = 0.06;
/** What a bend as large as half the symbol costs in likeness: paper is flat until it shows. */
const BEND_STRAIN: f64 = 0.15;
/** What a module of slant costs: where nothing tells, the straight one is right. */
const STRAIN: f64 = 0.004;
/** Where a fourth finder would be is tried by so many modules about where it is straight on, */
const SLANT_STEP: f64 = 2.8;
const SLANTS: i32 = 2;
/** then about the best one by so many. */
const FINE_STEP: f64 = 1.4;
const FINES: i32 = 1;
const BEND_STEP: f64 = 0.05;
const BEND_MOST: i32 = 6;
/** What is moved: all, or what no finder holds. */
const EVERY: i32 = 0b1111111111;
const LOOSE: i32 = 0b1100110000;

/** How clear the modules were before they were made clearer; 0 where that is not asked for. */
let clearBefore: f64 = 0;

/** Makes the warp of finders' middles, which are 3.5 modules from the edge. */
export function warp(): bool {
  return posed(1 - 7 / <f64>size);
}

/** How like a symbol the posts are as they stand, by some of the known modules. */
export function begun(): f64 {
  return warp() ? likeSome() : -1;
}

/**
 * The best of many slants and bends of three finders, whose middles are the posts 0, 1 and 3.
 * @returns its likeness; the posts are changed to it
 */
export function begin(): f64 {
  store<f64>(POSTS, post(2) + post(6) - post(0), 32);
  store<f64>(POSTS, post(3) + post(7) - post(1), 40);
  store<f64>(POSTS, 0, 64);
  store<f64>(POSTS, 0, 72);
  slantAlong = 0;
  slantDown = 0;
  const coarse = slanted(-2, SLANT_STEP, SLANTS);
  return bent(slanted(coarse, FINE_STEP, FINES));
}

/** How many modules the fourth post is from where three finders seen straight on would put it. */
let slantAlong: f64 = 0;
let slantDown: f64 = 0;

/** Tries slants about the present one, and keeps the best. */
function slanted(known: f64, by: f64, count: i32): f64 {
  const side = 1 / <f64>(size - 7);
  const alongX = (post(2) - post(0)) * side;
  const alongY = (post(3) - post(1)) * side;
  const downX = (post(6) - post(0)) * side;
  const downY = (post(7) - post(1)) * side;
  const startX = post(4);
  const startY = post(5);
  let best = known;
  let bestAlong: f64 = 0;
  let bestDown: f64 = 0;
  for (let i = -count; i <= count; i++) {
    for (let j = -count; j <= count; j++) {
      const along = by * <f64>i;
      const down = by * <f64>j;
      store<f64>(POSTS, startX + along * alongX + down * downX, 32);
      store<f64>(POSTS, startY + along * alongY + down * downY, 40);
      const score = begun() - STRAIN * (abs(slantAlong + along) + abs(slantDown + down));
      if (score <= best) continue;
      best = score;
      bestAlong = along;
      bestDown = down;
    }
  }
  store<f64>(POSTS, startX + bestAlong * alongX + bestDown * downX, 32);
  store<f64>(POSTS, startY + bestAlong * alongY + bestDown * downY, 40);
  slantAlong += bestAlong;
  slantDown += bestDown;
  return best;
}

function bent(flat: f64): f64 {
  let best = flat;
  let bendU: f64 = 0;
  let bendV: f64 = 0;
  for (let i = -BEND_MOST; i <= BEND_MOST; i++) {
    if (i === 0) continue;
    const bend = BEND_STEP * <f64>i;
    for (let axis = 0; axis < 2; axis++) {
      store<f64>(POSTS, axis === 0 ? bend : 0, 64);
      store<f64>(POSTS, axis === 0 ? 0 : bend, 72);
      const score = begun() - STRAIN;
      if (score <= best) continue;
      best = score;
      bendU = axis === 0 ? bend : 0;
      bendV = axis === 0 ? 0 : bend;
    }
  }
  store<f64>(POSTS, bendU, 64);
  store<f64>(POSTS, bendV, 72);
  return best;
}

function fitted(): f64 {
  return warp() ? likeAll() : -1;
}

function strained(): f64 {
  const strain = BEND_STRAIN * (abs(post(8)) + abs(post(9)));
  const score = fitted() - strain;
  if (clearBefore === 0 || score < -0.9) return score;
  return score + clearness(size, from, w, h) / clearBefore;
}

/**
 * Moves the posts until the known modules are most like what they have to be.
 * @param first the first step, in modules
 * @returns their likeness
 */
export function fit(first: f64): f64 {
  clearBefore = 0;
  climb(EVERY, ROUNDS, first);
  return fitted();
}

/** Moves the posts that no finder holds until all modules stand out most. */
export function clear(first: f64): f64 {
  if (!warp()) return -1;
  clearBefore = clearness(size, from, w, h) + 1;
  climb(LOOSE, CLEAR_ROUNDS, first);
  clearBefore = 0;
  return fitted();
}

/** Moves some of the posts by shorter and shorter steps for as long as the score rises. */
function climb(which: i32, rounds: i32, first: f64): void {
  const x = post(2) - post(0);
  const y = post(3) - post(1);
  const module = sqrt<f64>(x * x + y * y) / <f64>(size - 7);
  let best = strained();
  let step = first;
  for (let round = 0; round < rounds; round++) {
    const before = best;
    for (let k = 0; k < 10; k++) {
      if (((which >> k) & 1) === 0) continue;
      // A post moves by a part of a module; a bend by as much at its middle.
      const move = step * (k < 8 ? module : 2 / <f64>size);
      const at = POSTS + ((<usize>k) << 3);
      const last = load<f64>(at);
      for (let way = 0; way < 2; way++) {
        store<f64>(at, way === 0 ? last + move : last - move);
        const score = strained();
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
}
