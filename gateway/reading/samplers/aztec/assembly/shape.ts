import { FINDER, SEEN, TURNS, WARP } from '../../qr/assembly/desk';
import { likeness } from '../../qr/assembly/look';
import { moveEach, point } from '../../qr/assembly/shape';

/** Modules of a bullseye's nine by nine, without the middle. */
const MODULES: i32 = 80;
const ROUNDS: i32 = 9;
/** Half a step of the turns: rings of one module ask for steps of five degrees. */
const HALF_COS: f64 = 0.996194698;
const HALF_SIN: f64 = 0.087155743;
/** What is less like a bullseye before the first, after the first and after some rounds is none. */
const HOPELESS_BEGUN: f32 = 0.2;
const HOPELESS_FIRST: f32 = 0.3;
const HOPELESS_ROUND: i32 = 2;
const HOPELESS: f32 = 0.45;

/**
 * Fits the modules of a bullseye about a place: the symbol's plane without perspective, its steps
 * of one module. Leaves x, y, both steps (x and y each) and the likeness at `out`.
 */
export function shape(
  from: usize,
  w: i32,
  h: i32,
  x: f64,
  y: f64,
  module: f64,
  sign: f32,
  power: f32,
  out: usize,
): f32 {
  for (let i: usize = 6; i < 11; i++) store<f64>(WARP + (i << 3), 0);
  store<f64>(WARP, x, 16);
  store<f64>(WARP, y, 40);
  let best: f32 = -2;
  let c: f64 = 0;
  let s: f64 = 0;
  for (let turn = 0; turn < 18; turn++) {
    const at = TURNS + ((<usize>(turn >> 1)) << 3);
    let cos = <f64>load<f32>(at);
    let sin = <f64>load<f32>(at, 4);
    if ((turn & 1) === 1) {
      const next = cos * HALF_COS - sin * HALF_SIN;
      sin = sin * HALF_COS + cos * HALF_SIN;
      cos = next;
    }
    // Level and upright lines make a turned one look larger.
    const step = module * max(abs(cos), abs(sin));
    point(step * cos, step * sin);
    const score = sign * likeness(FINDER, SEEN, MODULES, power, from, w, h);
    if (score <= best) continue;
    best = score;
    c = step * cos;
    s = step * sin;
  }
  point(c, s);
  if (best < HOPELESS_BEGUN) return best;
  let step = 0.2 * module;
  for (let round = 0; round < ROUNDS; round++) {
    best = moveEach(best, step, sign, MODULES, power, from, w, h);
    if (round === 0 && best < HOPELESS_FIRST) return best;
    if (round === HOPELESS_ROUND && best < HOPELESS) return best;
    step *= 0.74;
  }
  store<f32>(out, <f32>load<f64>(WARP, 16));
  store<f32>(out, <f32>load<f64>(WARP, 40), 4);
  store<f32>(out, <f32>load<f64>(WARP), 8);
  store<f32>(out, <f32>load<f64>(WARP, 24), 12);
  store<f32>(out, <f32>load<f64>(WARP, 8), 16);
  store<f32>(out, <f32>load<f64>(WARP, 32), 20);
  store<f32>(out, best, 24);
  return best;
}
