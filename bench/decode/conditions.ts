import type { Dice } from './dice.ts';
import type { Pose } from './plane.ts';

/** How many strong faults a scene has: 0, 1, 2 and 3. */
export type Level = 'easy' | 'medium' | 'hard' | 'extreme';
export const LEVELS: readonly Level[] = ['easy', 'medium', 'hard', 'extreme'];

export type Fault =
  | 'small'
  | 'tilt'
  | 'spin'
  | 'defocus'
  | 'motion'
  | 'dark'
  | 'glare'
  | 'contrast'
  | 'occlusion'
  | 'gradient'
  | 'flicker'
  | 'moire'
  | 'crack'
  | 'curl';

/** How often a strong fault is drawn, one beside another. */
const EVERYWHERE: Partial<Record<Fault, number>> = {
  small: 35,
  tilt: 20,
  spin: 30,
  defocus: 35,
  motion: 21,
  dark: 32,
  glare: 30,
  contrast: 29,
  occlusion: 26,
  gradient: 10,
};
const ON_SCREENS: Partial<Record<Fault, number>> = { flicker: 18, moire: 21, crack: 14 };
const ON_PAPER: Partial<Record<Fault, number>> = { curl: 40 };

/** Everything that stands between a code and its picture. Lengths in pixels, light from 0 to 1. */
export interface Conditions {
  readonly carrier: 'phone' | 'paper';
  /** Light cells on a dark screen. */
  readonly inverted: boolean;
  /** Side of a square code; wider ones are wider by their own factor. */
  readonly size: number;
  readonly pose: Pose;
  readonly defocus: number;
  readonly motion: { readonly length: number; readonly angle: number };
  readonly exposure: number;
  /** Variance of shot noise at full light, and the sensor's own deviation. */
  readonly shot: number;
  readonly read: number;
  readonly gradient: { readonly depth: number; readonly angle: number };
  readonly glare: { readonly strength: number; readonly radius: number };
  readonly veil: number;
  /** Share left of the distance between ink and paper. */
  readonly contrast: number;
  /** Depth of the dark bands of a dimmed screen, their period in rows and how sharp they are. */
  readonly flicker: { readonly depth: number; readonly period: number };
  readonly moire: { readonly depth: number; readonly period: number };
  readonly cracks: number;
  /** Share of the code's side that a finger reaches in. */
  readonly finger: number;
  /** Rise of bent paper at the code's edge, as a share of its width. */
  readonly curl: number;
  readonly faults: readonly (Fault | 'inverted')[];
}

const DEGREE = Math.PI / 180;
const TURN = 2 * Math.PI;
const PHONES = 0.65;
const DARK_MODE = 0.14;

/**
 * What a scene of a level is like; the strong faults are drawn without repeating one.
 * @param square whether the code is one that apps in dark mode turn over; they leave bars alone
 */
export function conditions(level: Level, square: boolean, dice: Dice): Conditions {
  const carrier = dice.chance(PHONES) ? 'phone' : 'paper';
  const inverted = dice.chance(DARK_MODE) && square && carrier === 'phone';
  const faults = strong(LEVELS.indexOf(level), carrier, dice);
  const has = (fault: Fault) => faults.includes(fault);
  const { between } = dice;
  const sign = () => (dice.chance(0.5) ? 1 : -1);
  /** Bad from the least to the worst; where three come together, they are nearer to the worst. */
  const either = (fault: Fault, bad: readonly [number, number], mild: readonly [number, number]) =>
    has(fault)
      ? bad[0] + (bad[1] - bad[0]) * Math.max(dice.unit(), level === 'extreme' ? dice.unit() : 0)
      : between(...mild);

  const careless = LEVELS.indexOf(level);
  const size = either('small', [150, 90], [150, 400]);
  const lean = either('tilt', [32, 52], [0, 8 + 6 * careless]) * DEGREE;
  const leanTo = between(0, TURN);
  const spin = has('spin') ? between(15, 345) : between(0, 4 + 5 * careless) * sign();
  return {
    carrier,
    inverted,
    size,
    pose: {
      x: 640 + between(-220, 220),
      y: 360 + between(-110, 110),
      spin: spin * DEGREE,
      yaw: lean * Math.cos(leanTo),
      pitch: lean * Math.sin(leanTo),
    },
    defocus: either('defocus', [2.2, 7], [0.4, 0.8]),
    motion: { length: either('motion', [7, 20], [0, 1.2]), angle: between(0, TURN) },
    exposure: either('dark', [0.16, 0.025], [0.55, 1]),
    shot: either('dark', [0.001, 0.008], [0.0001, 0.0005]),
    read: either('dark', [0.001, 0.006], [0.0005, 0.002]),
    gradient: { depth: either('gradient', [0.6, 0.92], [0, 0.25]), angle: between(0, TURN) },
    glare: { strength: either('glare', [0.6, 2.5], [0, 0]), radius: between(0.12, 0.4) },
    veil: either('contrast', [0.05, 0.4], [0, 0.06]),
    contrast: either('contrast', [0.32, 0.07], [0.75, 1]),
    flicker: { depth: either('flicker', [0.35, 0.85], [0, 0.05]), period: between(28, 130) },
    moire: { depth: either('moire', [0.3, 0.75], [0, 0.05]), period: between(2.3, 14) },
    cracks: has('crack') ? dice.whole(4, 9) : 0,
    finger: either('occlusion', [0.16, 0.45], [0, 0]),
    curl: either('curl', [0.03, 0.13], [0, 0.01]) * sign(),
    faults: inverted ? [...faults, 'inverted'] : faults,
  };
}

function strong(count: number, carrier: 'phone' | 'paper', dice: Dice): Fault[] {
  const left = { ...EVERYWHERE, ...(carrier === 'phone' ? ON_SCREENS : ON_PAPER) };
  const chosen: Fault[] = [];
  for (let i = 0; i < count; i++) {
    const fault = dice.weighted(left as Record<Fault, number>);
    delete left[fault];
    chosen.push(fault);
  }
  return chosen;
}
