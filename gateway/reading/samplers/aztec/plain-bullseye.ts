import { tableOf } from '../qr/known.ts';
import type { Match } from '../qr/plain-lines.ts';
import type { Fitting } from '../qr/plain-shape.ts';
import { BULLSEYE } from './known.ts';

const f32 = Math.fround;
/** Of a bullseye's nine modules in a line the middle ones; how far off their edges may be. */
const RUNS = 7;
const OFF_MOST = 0.5;
/** Modules that are gone on with, in pixels. */
const MODULE_LEAST = f32(1.1);
const MODULE_MOST = 7;

/** Crossings of one middle are so many modules apart at most, along their lines and across. */
export const NEAR = 0.7;
export const APART = 1.6;

/** A bullseye on a line: dark and light in turn, a module each. */
export const bullseyeAt: Match = (edges, first) => {
  if (first + RUNS >= edges.length) return undefined;
  const all = edges.slice(first, first + RUNS + 1);
  const begin = all[0]!;
  const span = f32(all[RUNS]! - begin);
  const module = f32(span * f32(1 / RUNS));
  if (module < MODULE_LEAST || module > MODULE_MOST) return undefined;
  for (let k = 1, place = module; k < RUNS; k++, place = f32(place + module)) {
    if (Math.abs(f32(f32(all[k]! - begin) - place)) > f32(module * OFF_MOST)) return undefined;
  }
  const t = f32(all.reduce((sum, at) => f32(sum + at)) / all.length);
  // Even edges go from light to dark; the first module is light where the middle is dark.
  return { t, module: f32(span / RUNS), inverted: first % 2 === 0 };
};

/** Rings of one module ask for turns of five degrees; every second one is half way to the next. */
const TURNS = Array.from({ length: 9 }, (_, i) => {
  const angle = (i * Math.PI) / 18;
  const [cos, sin] = [f32(Math.cos(angle)), f32(Math.sin(angle))];
  const [halfCos, halfSin] = [0.996194698, 0.087155743];
  const next = [cos * halfCos - sin * halfSin, sin * halfCos + cos * halfSin] as const;
  return [[cos, sin] as const, next];
});

/** How a bullseye's modules are fitted. */
export const BULL: Fitting = {
  known: tableOf(BULLSEYE),
  turns: TURNS.flat(),
  step: 0.2,
  rounds: 9,
  shorter: 0.74,
  hopeless: { begun: 0.2, first: 0.3, third: 0.45 },
};
