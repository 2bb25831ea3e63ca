import type { Luma } from '../../luma.ts';
import { brightness } from '../plane.ts';
import { meanAt, sumsOf } from './around.ts';
import type { Modules } from './blocks.ts';
import { type Warp, warped } from './fit.ts';

/** Light modules beside the symbol that count as neighbours. */
const QUIET = 1;

/**
 * Samples a symbol's modules: five places in each, each module against its four neighbours to undo
 * blur, then against the mean of those around.
 * Cost: 100 ns a module, 0.2 ms for a version 5.
 *
 * @param sharpen how much of the neighbours' light is taken away, 0 to 1.5
 * @returns about 1 for what is surely dark, -1 for what is surely light
 */
export function modulesOf(
  picture: Luma,
  warp: Warp,
  size: number,
  sharpen: number,
  inverted: boolean,
): Modules {
  const wide = size + 2 * QUIET;
  const raw = sample(picture, warp, size, inverted ? -1 : 1);
  const sharp = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const i = (y + QUIET) * wide + x + QUIET;
      const around = (raw[i - 1]! + raw[i + 1]! + raw[i - wide]! + raw[i + wide]!) / 4;
      sharp[y * size + x] = raw[i]! + sharpen * (raw[i]! - around);
    }
  }
  return against(sharp, size);
}

function sample(picture: Luma, warp: Warp, size: number, sign: number): Float32Array {
  const wide = size + 2 * QUIET;
  const raw = new Float32Array(wide * wide);
  const at = { x: 0, y: 0 };
  const part = 0.5 / size;
  for (let y = -QUIET, i = 0; y < size + QUIET; y++) {
    for (let x = -QUIET; x < size + QUIET; x++, i++) {
      const u = (2 * (x + 0.5)) / size - 1;
      const v = (2 * (y + 0.5)) / size - 1;
      let sum = 0;
      for (let k = 0; k < 5; k++) {
        const du = k === 1 ? part : k === 2 ? -part : 0;
        const dv = k === 3 ? part : k === 4 ? -part : 0;
        warped(warp, u + du, v + dv, at);
        sum += (k === 0 ? 2 : 1) * brightness(picture, at.x, at.y);
      }
      raw[i] = (sign * sum) / 6;
    }
  }
  return raw;
}

/** How far each module is below the mean around it, as a share of the usual deviation there. */
function against(values: Float32Array, size: number): Modules {
  const sums = sumsOf(values, size);
  const squares = sumsOf(
    values.map((value) => value * value),
    size,
  );
  const out = new Float32Array(values.length);
  for (let y = 0, i = 0; y < size; y++) {
    for (let x = 0; x < size; x++, i++) {
      const mean = meanAt(sums, size, x, y);
      const variance = meanAt(squares, size, x, y) - mean * mean;
      out[i] = (mean - values[i]!) / Math.sqrt(Math.max(variance, 1));
    }
  }
  return out;
}
