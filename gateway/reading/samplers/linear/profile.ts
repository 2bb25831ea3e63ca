import type { Point } from '../../luma.ts';
import { addRay } from '../plane.ts';
import { stretch, type Turned, toPicture } from '../turned.ts';

/** Lines in a band. More are less noise, but the bars have to be followed better. */
const BAND_LINES = 15;
/** Bars may lean by this much from what the box says, more or less so along the code. */
const LEANS = [-0.2, -0.16, -0.12, -0.08, -0.04, 0, 0.04, 0.08, 0.12, 0.16, 0.2];
const FANS = [-0.12, -0.06, 0, 0.06, 0.12];
const LINE_LEAST = 60;

/** The brightness along a code: a band of lines, averaged along the bars. */
export interface Profile {
  readonly values: Float32Array;
  /** Where a place along it is in the picture. */
  at(index: number): Point;
}

/**
 * The mean of a band of lines about line `s`, each shifted so that the bars meet: by a lean, and by
 * one that changes along the code where it is seen at a slant.
 * @param apart pixels between the lines
 * Cost: 15 lines sampled once, then 60 × 15 sums of 200 samples: 1 ms.
 */
export function profileOf(turned: Turned, s: number, apart: number): Profile | undefined {
  const span = stretch(turned, s);
  const count = Math.floor(span.to - span.from);
  if (count < LINE_LEAST) return undefined;
  const half = (BAND_LINES - 1) / 2;
  const lines = Array.from({ length: BAND_LINES }, (_, i) => {
    const line = new Float32Array(count);
    const from = toPicture(turned, span.from, s + (i - half) * apart);
    addRay(turned.picture, from, turned.cos, turned.sin, count, line);
    return line;
  });
  let best = { lean: 0, fan: 0, power: -1 };
  const consider = (lean: number, fan: number) => {
    const power = sharpness(mean(lines, apart, lean, fan, 2));
    if (power > best.power) best = { lean, fan, power };
  };
  for (const lean of LEANS) consider(lean, 0);
  const { lean } = best;
  for (const more of [-0.025, -0.012, 0.012, 0.025]) consider(lean + more, 0);
  const straight = best.lean;
  for (const fan of FANS) {
    for (const more of [-0.02, 0, 0.02]) consider(straight + more, fan);
  }
  const values = mean(lines, apart, best.lean, best.fan, 1);
  return { values, at: (index) => toPicture(turned, span.from + index, s) };
}

/** The lines' mean, or at every `stride`-th place of it. */
function mean(
  lines: readonly Float32Array[],
  apart: number,
  lean: number,
  fan: number,
  stride: number,
): Float32Array {
  const count = lines[0]!.length;
  const out = new Float32Array(Math.ceil(count / stride));
  const half = (lines.length - 1) / 2;
  lines.forEach((line, i) => {
    const off = (i - half) * apart;
    for (let k = 0, x = 0; x < count; k++, x += stride) {
      const place = x + off * (lean + fan * ((2 * x) / count - 1));
      const at = place < 0 ? 0 : place > count - 1.01 ? count - 1.01 : place;
      const left = at | 0;
      out[k] = out[k]! + line[left]! + (at - left) * (line[left + 1]! - line[left]!);
    }
  });
  for (let k = 0; k < out.length; k++) out[k] = out[k]! / lines.length;
  return out;
}

function sharpness(values: Float32Array): number {
  let sum = 0;
  for (let i = 1; i < values.length; i++) sum += (values[i]! - values[i - 1]!) ** 2;
  return sum;
}
