import { POSTS } from '../../qr/assembly/desk';
import { posed } from '../../qr/assembly/posts';
import { alike } from './alike';
import { areNear } from './corners';
import { BEGUN, QUAD_BYTES, QUADS, SIDES_TABLE } from './desk';
import { slanted, timed, timedSize } from './slant';
import { solids } from './solid';

/** How like dark and light in turn two sides are at least, */
const TIMED_LEAST: f32 = 0.5;
/** ... and how like a symbol's all four, with the light around. */
const ALIKE_LEAST: f32 = 0.4;
/** None is looked for after one that is as sure as this: 2 at most. */
const SURE: f32 = 1.85;
/** Corners that are so near to each other are the same. */
const NEAR_PX: f64 = 1;

/**
 * What may be symbols, by straight edges: their corners, 1 for dark on light or -1, how like a
 * symbol's sides theirs are, and the size: which of all.
 * @param sides how many straight edges there are at SIDES
 * @param sizes how many sizes there are
 * @returns how many there are at QUADS
 */
export function quads(sides: i32, sizes: i32): i32 {
  store<f64>(POSTS, 0, 64);
  store<f64>(POSTS, 0, 72);
  const begun = solids(sides);
  let count = 0;
  for (let i = 0; i < begun; i++) {
    const at = BEGUN + <usize>i * QUAD_BYTES;
    memory.copy(POSTS, at, 64);
    const sign = <f32>load<f64>(at, 64);
    slanted(sign, sizes);
    if (timed < TIMED_LEAST || !posed(1)) continue;
    const score = sign * alike(SIDES_TABLE);
    if (score < ALIKE_LEAST || isKnown(count, sign)) continue;
    const to = QUADS + <usize>count * QUAD_BYTES;
    memory.copy(to, POSTS, 64);
    store<f64>(to, <f64>sign, 64);
    store<f64>(to, <f64>(score + timed), 72);
    store<f64>(to, <f64>timedSize, 80);
    count++;
    if (score + timed >= SURE) break;
  }
  return count;
}

function isKnown(count: i32, sign: f32): bool {
  for (let i = 0; i < count; i++) {
    const at = QUADS + <usize>i * QUAD_BYTES;
    if (load<f64>(at, 64) !== <f64>sign || load<f64>(at, 80) !== <f64>timedSize) continue;
    if (areNear(at, NEAR_PX)) return true;
  }
  return false;
}
