import { MIDDLES_U, MIDDLES_V, SHARP, WARP } from '../../qr/assembly/desk';
import { look } from '../../qr/assembly/look';
import { spread } from '../../qr/assembly/modules';
import { from, h, likeAll, likeSome, size, w } from '../../qr/assembly/target';

/** Figures of a warp that are moved: a plane's six, two of perspective, two of bends. */
const FIGURES: i32 = 10;
const LAST_STEP: f64 = 0.05;
/** What a bend, or a slant, as large as half the symbol costs: paper is flat until it shows. */
const STRAIN: f64 = 0.15;

/** How like what they have to be the known modules are; only the core's, or all. */
export function like(all: bool): f64 {
  return all ? likeAll() : likeSome();
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
  return spread(side);
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
