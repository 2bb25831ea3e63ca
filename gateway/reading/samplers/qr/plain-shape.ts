import type { Luma } from '../../luma.ts';
import type { Spot } from '../finding.ts';
import type { Known } from './known.ts';
import { movedOnce, type Scored } from './plain-climb.ts';
import { plainLikeness } from './plain-look.ts';

const f32 = Math.fround;

/** How the modules of a pattern are fitted about a place. */
export interface Fitting {
  readonly known: Known;
  /** Cosine and sine of the turns that it is begun at. */
  readonly turns: readonly (readonly [number, number])[];
  /** The first step in modules, how often all figures are moved, and how much shorter each time. */
  readonly step: number;
  readonly rounds: number;
  readonly shorter: number;
  /** What is less alike before the first round, after it, and after the third one is none. */
  readonly hopeless: { readonly begun: number; readonly first: number; readonly third: number };
}

/** The middle, x and y of the steps along both axes, and how like the pattern it is. */
export interface Fitted {
  readonly likeness: number;
  /** None where it is hopeless. */
  readonly figures?: readonly number[];
}

/** Fits a pattern about a place, as `shape` of the kernels does, to the bit. */
export function plainShape(picture: Luma, spot: Spot, how: Fitting): Fitted {
  const { x, y, module, inverted } = spot;
  const alike = (figures: readonly number[]) => {
    const warp = Float64Array.from([...figures, 0, 0, 0, 0, 0]);
    return (inverted ? -1 : 1) * plainLikeness(picture, how.known, warp);
  };
  let best: Scored = { figures: [], score: -2 };
  for (const [cos, sin] of how.turns) {
    // Level and upright lines make a turned one look larger.
    const long = module * Math.max(Math.abs(cos), Math.abs(sin));
    const figures = [long * cos, -long * sin, x, long * sin, long * cos, y];
    const score = alike(figures);
    if (score > best.score) best = { figures, score };
  }
  const { begun, first, third } = how.hopeless;
  if (best.score < f32(begun)) return { likeness: best.score };
  let step = how.step * module;
  for (let round = 0; round < how.rounds; round++) {
    const [end, middle] = [step / 2, 2 * step];
    best = movedOnce(best, [end, end, middle, end, end, middle], alike);
    const least = round === 0 ? first : round === 2 ? third : -1;
    if (best.score < f32(least)) return { likeness: best.score };
    step *= how.shorter;
  }
  const [ax, dx, px, ay, dy, py] = best.figures as unknown as [
    ...[ax: number, dx: number, px: number],
    ...[ay: number, dy: number, py: number],
  ];
  return { likeness: best.score, figures: [px, py, ax, ay, dx, dy].map(f32) };
}
