import { POSTS } from '../../qr/assembly/desk';
import { posed } from '../../qr/assembly/posts';
import { inTurn } from './alike';
import { corner, cornerX, cornerY, meetAt } from './corners';
import { FIRST_TABLE, HALVES } from './desk';

/** The fourth corner is tried so many times this share of the sides about where it is straight on. */
const SLANTS: i32 = 6;
const SLANT: f64 = 0.045;
/** ... at first with the nearer halves alone, at so many of these steps, */
const COARSE: i32 = 3;
/** ... which tell the sizes that are tried: so many, like dark and light in turn by so much. */
const SIZES_KEPT: i32 = 3;
const HALF_LEAST: f32 = 0.5;
/** How often it is tried with all modules; what is less alike after one time is left. */
const TURNS: i32 = 3;
const ALIKE_TURNED: f32 = 0.4;
/** A module is so many pixels wide at least, and the smallest symbol has ten of them. */
const MODULE_LEAST: f64 = 1.7;
/** From this likeness on the corners are moved: by so many pixels and so much of the sides at first. */
const ALIKE_BEGUN: f32 = 0.45;
const STEP_PX: f64 = 1;
const STEP_SHARE: f64 = 0.02;
const SHORTER: f64 = 0.7;
const ROUNDS: i32 = 6;

/** How like dark and light in turn the far sides are, and the size: which of all. */
export let timed: f32 = 0;
export let timedSize: i32 = 0;

/** The solid sides, from where they meet. */
let upX: f64 = 0;
let upY: f64 = 0;
let rightX: f64 = 0;
let rightY: f64 = 0;
/** Where the fourth corner is likeliest for a size, in steps along both, and how likely. */
let up: i32 = 0;
let right: i32 = 0;
let best: f32 = 0;

/**
 * Tries for all sizes where the corner opposite to where two solid sides meet may be, then moves it
 * and the solid sides' ends, until what is between them is most like dark and light in turn.
 */
export function slanted(sign: f32, sizes: i32): void {
  upX = cornerX(0) - cornerX(3);
  upY = cornerY(0) - cornerY(3);
  rightX = cornerX(2) - cornerX(3);
  rightY = cornerY(2) - cornerY(3);
  const side = sqrt<f64>(min(upX * upX + upY * upY, rightX * rightX + rightY * rightY));
  const most = min(sizes, <i32>((side / MODULE_LEAST - 8) / 2));
  timed = -2;
  let bestUp = 0;
  let bestRight = 0;
  for (let size = 0; size < most; size++) halved(size, sign, sizes);
  for (let n = 0; n < SIZES_KEPT && n < most; n++) {
    const size = likeliest(most);
    const at = HALVES + ((<usize>size) << 4);
    if (load<f32>(at) < HALF_LEAST) break;
    store<f32>(at, -2);
    up = load<i32>(at, 4);
    right = load<i32>(at, 8);
    turned(size, sign);
    if (best <= timed) continue;
    timed = best;
    timedSize = size;
    bestUp = up;
    bestRight = right;
  }
  if (timed < ALIKE_BEGUN) return;
  slantedBy(bestUp, bestRight);
  climb(sign, STEP_PX / side + STEP_SHARE);
}

/** Puts the fourth corner by so many steps from where it is straight on. */
function slantedBy(alongUp: i32, alongRight: i32): bool {
  const u = SLANT * <f64>alongUp;
  const v = SLANT * <f64>alongRight;
  meetAt(cornerX(0) + rightX + u * upX + v * rightX, cornerY(0) + rightY + u * upY + v * rightY);
  corner(1);
  return posed(1);
}

/** How like a size the halves of the far sides are that are nearer to the solid ones. */
function halved(size: i32, sign: f32, sizes: i32): void {
  const at = HALVES + ((<usize>size) << 4);
  store<f32>(at, -2);
  for (let i = -SLANTS; i <= SLANTS; i += COARSE) {
    for (let j = -SLANTS; j <= SLANTS; j += COARSE) {
      const score = slantedBy(i, j) ? sign * inTurn(FIRST_TABLE + sizes + size) : -2;
      if (score <= load<f32>(at)) continue;
      store<f32>(at, score);
      store<i32>(at, i, 4);
      store<i32>(at, j, 8);
    }
  }
}

function likeliest(most: i32): i32 {
  let size = 0;
  for (let k = 1; k < most; k++) {
    const more = load<f32>(HALVES + ((<usize>k) << 4));
    if (more > load<f32>(HALVES + ((<usize>size) << 4))) size = k;
  }
  return size;
}

/** Tries a size with all modules: about where it is likeliest, then along one side, then the other. */
function turned(size: i32, sign: f32): void {
  best = -2;
  for (let turn = 0; turn < TURNS; turn++) {
    const u = up;
    const v = right;
    const first = turn === 0;
    const reachUp = first ? COARSE : turn === 1 ? 0 : SLANTS;
    const reachRight = first ? COARSE : turn === 1 ? SLANTS : 0;
    for (let i = -reachUp; i <= reachUp; i++) {
      for (let j = -reachRight; j <= reachRight; j++) {
        const a = first || turn === 1 ? u + i : i;
        const b = turn === 1 ? j : v + j;
        const score = slantedBy(a, b) ? sign * inTurn(FIRST_TABLE + size) : -2;
        if (score <= best) continue;
        best = score;
        up = a;
        right = b;
      }
    }
    if (best < ALIKE_TURNED) return;
  }
}

/** Moves both ends and the fourth corner by shorter and shorter steps for as long as it helps. */
function climb(sign: f32, first: f64): void {
  let step = first;
  for (let round = 0; round < ROUNDS; round++) {
    // The upper end along its side, the fourth corner along that, the lower end, the fourth again.
    for (let k = 0; k < 4; k++) {
      const at = POSTS + (k === 0 ? 0 : k === 2 ? 32 : 16);
      const dx = step * (k < 2 ? upX : rightX);
      const dy = step * (k < 2 ? upY : rightY);
      const lastX = load<f64>(at);
      const lastY = load<f64>(at, 8);
      for (let way: f64 = 1; way >= -1; way -= 2) {
        store<f64>(at, lastX + way * dx);
        store<f64>(at, lastY + way * dy, 8);
        const score = posed(1) ? sign * inTurn(FIRST_TABLE + timedSize) : -2;
        if (score > timed) {
          timed = score;
          break;
        }
        store<f64>(at, lastX);
        store<f64>(at, lastY, 8);
      }
    }
    step *= SHORTER;
  }
}
