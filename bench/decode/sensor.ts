import type { Conditions } from './conditions.ts';
import type { Dice } from './dice.ts';
import type { Light } from './optics.ts';
import type { Point } from './plane.ts';

const TURN = 2 * Math.PI;
/** A sine's turn in steps, and how fast moire's period changes across a picture (turns a pixel²). */
const STEPS = 4096;
const SINES = Float32Array.from({ length: STEPS }, (_, i) => Math.sin((TURN * i) / STEPS));
const SWAY = 4e-6;

/** What light does on its way: shadow, reflection, haze, and what a screen adds of its own. */
export function lighten(
  light: Light,
  mask: Uint8Array,
  code: { readonly centre: Point; readonly width: number },
  conditions: Conditions,
  dice: Dice,
): void {
  const { values, width, height } = light;
  const { gradient, flicker, moire, veil, glare, carrier } = conditions;
  const screen = carrier === 'phone';
  const phase = dice.between(0, TURN);
  const grid = dice.between(0, TURN);
  const [mx, my] = [Math.cos(grid) / moire.period, Math.sin(grid) / moire.period];
  const [gx, gy] = [Math.cos(gradient.angle), Math.sin(gradient.angle)];
  const spread = 1 / (code.width * 1.1);
  const spot = {
    x: code.centre.x + dice.between(-0.4, 0.4) * code.width,
    y: code.centre.y + dice.between(-0.4, 0.4) * code.width,
    wide: 1 / (glare.radius * code.width * dice.between(0.6, 1.8)),
    high: 1 / (glare.radius * code.width),
  };
  for (let y = 0; y < height; y++) {
    const band = 0.5 + 0.5 * Math.tanh(3 * Math.sin((TURN * y) / flicker.period + phase));
    const dimmed = 1 - flicker.depth * band;
    const warp = SWAY * (y - code.centre.y) * (y - code.centre.y);
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (mask[at] === 0) continue;
      const across = ((x - code.centre.x) * gx + (y - code.centre.y) * gy) * spread;
      const shade = 1 - gradient.depth * Math.min(1, Math.max(0, 0.5 + across));
      let value = (values[at] as number) * shade;
      if (screen) {
        value *= dimmed;
        const turns = x * mx + y * my + warp + SWAY * (x - code.centre.x) * (x - code.centre.x);
        value *= 1 - moire.depth * (0.5 + 0.5 * (SINES[(turns * STEPS) & (STEPS - 1)] as number));
      }
      value = value * (1 - 0.5 * veil) + veil;
      if (glare.strength > 0) {
        const [u, v] = [(x - spot.x) * spot.wide, (y - spot.y) * spot.high];
        const far = 1 + u * u + v * v;
        value += glare.strength / (far * far * far);
      }
      values[at] = value;
    }
  }
}

const NORMALS = 8192;
let normals: Float32Array | undefined;

/** Values of a normal distribution, by the sum of twelve throws: no function that may differ. */
function normalTable(dice: Dice): Float32Array {
  return Float32Array.from({ length: NORMALS }, () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += dice.unit();
    return sum;
  });
}

/** The sensor's bytes: exposure, shot and read noise, clipping, and a gamma of 2. */
export function expose(
  { values }: Light,
  { exposure, shot, read }: Pick<Conditions, 'exposure' | 'shot' | 'read'>,
  dice: Dice,
  tableDice: () => Dice,
): Uint8Array {
  normals ??= normalTable(tableDice());
  const luma = new Uint8Array(values.length);
  const readVariance = read * read;
  let state = dice.whole(1, 0x7fffffff);
  for (let i = 0; i < values.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const value = (values[i] as number) * exposure;
    const noise = normals[(state >>> 8) & (NORMALS - 1)] as number;
    const seen = value + noise * Math.sqrt(shot * value + readVariance);
    luma[i] = seen <= 0 ? 0 : Math.min(255, 255 * Math.sqrt(seen) + 0.5);
  }
  return luma;
}
