import type { Luma } from '../../luma.ts';
import { brightness } from '../plane.ts';
import type { Modules } from './blocks.ts';
import { type Warp, warped } from './fit.ts';

/** Modules to each side whose mean is the threshold. */
const AROUND = 4;
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
  const sums = tableOf(values, size, 1);
  const squares = tableOf(values, size, 2);
  const out = new Float32Array(values.length);
  const wide = size + 1;
  const total = (table: Float64Array, left: number, top: number, right: number, below: number) =>
    table[below * wide + right]! -
    table[top * wide + right]! -
    table[below * wide + left]! +
    table[top * wide + left]!;
  for (let y = 0; y < size; y++) {
    const top = Math.max(0, y - AROUND);
    const below = Math.min(size, y + AROUND + 1);
    for (let x = 0; x < size; x++) {
      const left = Math.max(0, x - AROUND);
      const right = Math.min(size, x + AROUND + 1);
      const count = (right - left) * (below - top);
      const mean = total(sums, left, top, right, below) / count;
      const variance = total(squares, left, top, right, below) / count - mean * mean;
      out[y * size + x] = (mean - values[y * size + x]!) / Math.sqrt(Math.max(variance, 1));
    }
  }
  return out;
}

/** Sums of powers over all above and to the left of each corner. */
function tableOf(values: Float32Array, size: number, power: 1 | 2): Float64Array {
  const wide = size + 1;
  const table = new Float64Array(wide * wide);
  for (let y = 0; y < size; y++) {
    let row = 0;
    for (let x = 0; x < size; x++) {
      row += values[y * size + x]! ** power;
      table[(y + 1) * wide + x + 1] = table[y * wide + x + 1]! + row;
    }
  }
  return table;
}
