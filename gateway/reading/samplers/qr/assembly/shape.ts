import { FINDER, SEEN, TURNS, WARP } from './desk';
import { likeness } from './look';

/** Modules of a finder and the light ones around it, without its middle. */
const MODULES: i32 = 80;
const ROUNDS: i32 = 8;
/** What is less like a finder before the first, after the first and after some rounds is none. */
const HOPELESS_BEGUN: f32 = 0.25;
const HOPELESS_FIRST: f32 = 0.42;
const HOPELESS_ROUND: i32 = 2;
const HOPELESS: f32 = 0.5;

/**
 * Fits the modules of a finder about a place: the symbol's plane without perspective, its steps of
 * one module. Leaves x, y, both steps (x and y each) and the likeness at `out`.
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
  for (let turn: usize = 0; turn < 9; turn++) {
    const cos = <f64>load<f32>(TURNS + (turn << 3));
    const sin = <f64>load<f32>(TURNS + (turn << 3), 4);
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
  let step = 0.25 * module;
  for (let round = 0; round < ROUNDS; round++) {
    best = moveEach(best, step, sign, MODULES, power, from, w, h);
    if (round === 0 && best < HOPELESS_FIRST) return best;
    if (round === HOPELESS_ROUND && best < HOPELESS) return best;
    step *= 0.72;
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

/** Steps along both axes, the second a quarter turn on. */
export function point(c: f64, s: f64): void {
  store<f64>(WARP, c);
  store<f64>(WARP, -s, 8);
  store<f64>(WARP, s, 24);
  store<f64>(WARP, c, 32);
}

/** Moves each of the six figures once; the middle further than the axes' ends. */
export function moveEach(
  begun: f32,
  step: f64,
  sign: f32,
  modules: i32,
  power: f32,
  from: usize,
  w: i32,
  h: i32,
): f32 {
  let best = begun;
  for (let k: usize = 0; k < 6; k++) {
    const at = WARP + (k << 3);
    const move = k === 2 || k === 5 ? 2 * step : step / 2;
    const last = load<f64>(at);
    for (let way = 0; way < 2; way++) {
      store<f64>(at, way === 0 ? last + move : last - move);
      const score = sign * likeness(FINDER, SEEN, modules, power, from, w, h);
      if (score > best) {
        best = score;
        break;
      }
      store<f64>(at, last);
    }
  }
  return best;
}
