import { type Conditions, conditions, type Fault, LEVELS, type Level } from './conditions.ts';
import { decoy } from './decoy.ts';
import { type Dice, dice } from './dice.ts';
import { cornersOf, drawCracks, drawFinger, drawRoom, drawSurface, regionOf } from './draw.ts';
import { defocus, type Light, motion } from './optics.ts';
import { type Point, plane, through } from './plane.ts';
import { expose, lighten } from './sensor.ts';
import { surface } from './surface.ts';
import { type Code, MIX, type SymbolKind, symbol, WIDER } from './symbol.ts';

export const WIDTH = 1280;
export const HEIGHT = 720;

/** What is known about the code in a picture. */
export interface Truth {
  readonly text: string;
  /** zxing's name. */
  readonly symbology: string;
  readonly kind: SymbolKind;
  /** In pixels: upper left, upper right, lower right, lower left. */
  readonly corners: readonly [Point, Point, Point, Point];
  /** Pixels of one cell where the code's centre is. */
  readonly modulePx: number;
}

/** One camera frame and what is in it. */
export interface Scene {
  readonly luma: Uint8Array;
  readonly width: typeof WIDTH;
  readonly height: typeof HEIGHT;
  readonly truth?: Truth;
  readonly level: Level | 'none';
  readonly faults: readonly string[];
}

export interface SceneOptions {
  /** This one in every scene, none without a code; else drawn from the mix. */
  readonly symbology?: SymbolKind;
}

/** Of 239 codes: how many have no strong fault, one, two and three; and scenes without a code. */
const CODE_LEVELS = { easy: 54, medium: 85, hard: 61, extreme: 39 };
const LEVEL_MIX = { ...CODE_LEVELS, none: 61 };

/**
 * A ticket before a gate's camera: the same picture for the same seed and index, always.
 * @param seed 1 to 99 to tune by; 1000 and up are kept for a report
 */
export function renderScene(seed: number, index: number, options: SceneOptions = {}): Scene {
  return render(seed, index, options, { frame: 0, frames: 1 });
}

/** So many frames of one code in a hand that drifts: what is wrong with the scene stays. */
export function renderBurst(
  seed: number,
  index: number,
  frames: number,
  options: SceneOptions = {},
): Scene[] {
  return Array.from({ length: frames }, (_, frame) =>
    render(seed, index, options, { frame, frames }),
  );
}

interface Moment {
  readonly frame: number;
  readonly frames: number;
}

function render(seed: number, index: number, options: SceneOptions, moment: Moment): Scene {
  const key = [seed, index, moment.frames > 1 ? 'burst' : 'scene'];
  const own = (part: string) => dice(...key, part);
  const [one, other] = evenly(seed, index);
  const withCode = options.symbology !== undefined || moment.frames > 1;
  const level = share(withCode ? CODE_LEVELS : LEVEL_MIX, one) as Level | 'none';
  const kind = share(MIX, other) as keyof typeof MIX;
  const shown = level === 'none' ? undefined : symbol(options.symbology ?? kind, own('symbol'));
  const effort = level === 'none' ? own('plot').pick(LEVELS.slice(0, 3)) : level;
  const square = shown === undefined || shown.pattern.aspect === 1;
  const held = conditions(effort, square, own('held'));
  const picture = draw(shown, options.symbology ?? kind, drift(held, own('drift'), moment), own);
  const frameDice = dice(...key, 'sensor', moment.frame);
  const luma = expose(picture.light, held, frameDice, () => dice('normal'));
  const { faults } = held;
  if (!shown) return { luma, width: WIDTH, height: HEIGHT, level, faults };
  const { text, symbology } = shown;
  const { corners, modulePx } = picture;
  const truth = { text, symbology, kind: options.symbology ?? kind, corners, modulePx };
  return { luma, width: WIDTH, height: HEIGHT, truth, level, faults };
}

/** Two numbers from 0 to 1 that fill the square evenly as the index counts (the R2 sequence). */
function evenly(seed: number, index: number): readonly [number, number] {
  const start = dice(seed, 'start');
  const [a, b] = [start.unit(), start.unit()];
  return [(a + index * 0.7548776662466927) % 1, (b + index * 0.5698402909980532) % 1];
}

/** The name at a place between 0 and 1 where each name takes as much room as its weight. */
function share(weights: Readonly<Record<string, number>>, at: number): string {
  const entries = Object.entries(weights);
  let left = at * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [name, weight] of entries) {
    left -= weight;
    if (left < 0) return name;
  }
  return entries[0]?.[0] as string;
}

/** A hand wanders by a few pixels and a degree or so between frames, and shakes as it pleases. */
function drift(held: Conditions, dice: Dice, { frame, frames }: Moment): Conditions {
  if (frames === 1) return held;
  const walk = (step: number) => {
    let at = 0;
    for (let i = 0; i < frames; i++) {
      const next = dice.between(-step, step);
      if (i < frame) at += next;
    }
    return at;
  };
  const { pose } = held;
  return {
    ...held,
    pose: {
      x: pose.x + walk(9),
      y: pose.y + walk(9),
      spin: pose.spin + walk(0.02),
      yaw: pose.yaw + walk(0.025),
      pitch: pose.pitch + walk(0.025),
    },
    size: held.size * (1 + walk(0.012)),
    defocus: Math.max(0.3, held.defocus * (1 + walk(0.06))),
    motion: {
      length: Math.max(0, held.motion.length * (1 + walk(0.2))),
      angle: held.motion.angle + walk(0.4),
    },
  };
}

function draw(
  shown: Code | undefined,
  kind: SymbolKind,
  held: Conditions,
  own: (part: string) => Dice,
): { light: Light; corners: Truth['corners']; modulePx: number } {
  const light = { values: new Float32Array(WIDTH * HEIGHT), width: WIDTH, height: HEIGHT };
  drawRoom(light, own('room'));
  const pattern = shown?.pattern ?? decoy(own('decoy'));
  const codeWidth = held.size * (shown ? (WIDER[kind] ?? 1) : 1.2);
  const seen = plane(held.pose);
  const carrier = surface(pattern, { ...held, codeWidth }, own('surface'));
  const region = regionOf(seen, carrier, light, Math.abs(held.curl) * carrier.width * 2 + 4);
  const mask = drawSurface(light, seen, carrier, held.curl, region);
  const splinters = own('cracks');
  if (held.cracks > 0) drawCracks(light, seen, carrier, held.cracks, splinters);
  if (held.finger > 0) drawFinger(light, seen, carrier, held, own('finger'));
  motion(light, region, held.motion.length, held.motion.angle);
  defocus(light, region, held.defocus);
  const centre = through(seen.forth, 0, 0);
  lighten(light, mask, { centre, width: codeWidth }, held, own('light'));
  const corners = cornersOf(seen, carrier, held.curl);
  return { light, corners, modulePx: codeWidth / pattern.columns };
}

export type { Fault, Level, Point, SymbolKind };
