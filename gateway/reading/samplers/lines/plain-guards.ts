import type { Luma } from '../../luma.ts';
import type { Upright } from './lines-types.ts';
import { fixed, sampleAt } from './plain.ts';

type Fields = readonly [
  ...[centreX: number, centreY: number, cos: number, sin: number],
  ...[lowX: number, lowY: number, highX: number, highY: number],
  ...[left: number, top: number, apart: number],
];

const f32 = Math.fround;
const START = [8, 1, 1, 1, 1, 1, 1, 3];
const STOP = [7, 1, 1, 3, 1, 1, 1, 2, 1];
const PATTERNS = [START, STOP, [...START].reverse(), [...STOP].reverse()];

/** The guards of a view, as assembly/guards.ts finds them; places may differ by rounding. */
export function plainGuards(
  seen: Luma,
  view: Upright,
  taps: number,
  step: number,
  faint: boolean,
): Float32Array {
  const hits: number[] = [];
  const [, , , , , , , , left, top, apart] = view.fields as unknown as Fields;
  for (let row = 0; row + taps <= view.rows; row += step) {
    const s = top + (row + (taps - 1) / 2) * apart;
    const span = spanOf(view.fields as unknown as Fields, s, 0);
    const first = Math.max(0, Math.ceil(span.from - left));
    const count = Math.min(view.columns - 1, Math.floor(span.to - left)) - first + 1;
    if (count < 20) continue;
    const line = new Int32Array(count);
    for (let tap = 0; tap < taps; tap++) {
      const one = rowOf(seen, view, row + tap, first, count);
      for (let i = 0; i < count; i++) line[i]! += one[i]!;
    }
    const swing = Math.floor(faint ? noiseSwing(line, taps) : rangeSwing(line, taps));
    for (const { pattern, from, to } of hitsOf(edgesOf(line, swing))) {
      hits.push(pattern, s, left + first + from, left + first + to);
    }
  }
  return Float32Array.from(hits);
}

function spanOf(fields: Fields, s: number, beside: number): { from: number; to: number } {
  const [centreX, centreY, cos, sin, lowX, lowY, highX, highY] = fields;
  const span = { from: -1e9, to: 1e9 };
  const clip = (at: number, by: number, low: number, high: number) => {
    if (Math.abs(by) < 1e-9) {
      if (at < low || at > high) span.to = -2e9;
      return;
    }
    const ends = [(low - at) / by, (high - at) / by];
    span.from = Math.max(span.from, Math.min(...ends));
    span.to = Math.min(span.to, Math.max(...ends));
  };
  clip(centreX - s * sin, cos, lowX - beside, highX + beside);
  clip(centreY + s * cos, sin, lowY - beside, highY + beside);
  return span;
}

function rowOf(seen: Luma, { columns, fields }: Upright, row: number, from: number, count: number) {
  const [centreX, centreY, cos, sin, , , , , left, top, apart] = fields as unknown as Fields;
  const s = top + row * apart;
  const span = spanOf(fields as unknown as Fields, s, 18);
  const first = Math.max(0, Math.floor(span.from - left));
  const last = Math.min(columns - 1, Math.ceil(span.to - left));
  const t = left + first;
  const x = fixed(centreX + t * cos - s * sin);
  const y = fixed(centreY + t * sin + s * cos);
  return Int32Array.from({ length: count }, (_, i) => {
    const at = from + i - first;
    if (at < 0 || from + i > last) throw new RangeError('a sample beside what is turned');
    return sampleAt(seen, x + at * fixed(cos), y + at * fixed(sin));
  });
}

function rangeSwing(line: Int32Array, taps: number): number {
  const range = Math.max(...line) - Math.min(...line);
  return Math.max(40 * taps, f32(f32(0.12) * range));
}

function noiseSwing(line: Int32Array, taps: number): number {
  const bins = new Int32Array(256);
  let counted = 0;
  for (let i = 2; i < line.length; i += 2, counted++) {
    const off = Math.abs(2 * line[i - 1]! - line[i - 2]! - line[i]!);
    bins[Math.min(255, off >> 4)]!++;
  }
  let left = counted / 2;
  let bin = 0;
  while (bin < 255 && left > bins[bin]!) left -= bins[bin++]!;
  const share = f32(left / Math.max(1, bins[bin]!));
  return Math.max(12 * taps, f32(5 * f32(f32(bin + share) * 8)));
}

function edgesOf(line: Int32Array, swing: number): { at: number; falls: boolean }[] {
  const edges: { at: number; falls: boolean }[] = [];
  let [low, high, way] = [0, 0, 0];
  const add = (from: number, to: number) => {
    const middle = (line[from]! + line[to]!) >> 1;
    const falls = line[to]! < line[from]!;
    let i = from;
    while (i + 1 < to && (falls ? line[i + 1]! > middle : line[i + 1]! < middle)) i++;
    edges.push({ at: i + (middle - line[i]!) / (line[i + 1]! - line[i]!), falls });
  };
  for (let i = 1; i < line.length; i++) {
    const value = line[i]!;
    if (way >= 0 && value > line[high]!) high = i;
    if (way <= 0 && value < line[low]!) low = i;
    if (way >= 0 && line[high]! - value >= swing) {
      if (way > 0) add(low, high);
      way = -1;
      low = i;
    } else if (way <= 0 && value - line[low]! >= swing) {
      if (way < 0) add(high, low);
      way = 1;
      high = i;
    }
  }
  if (way > 0) add(low, high);
  if (way < 0) add(high, low);
  return edges;
}

function hitsOf(edges: readonly { at: number; falls: boolean }[]) {
  const hits: { pattern: number; from: number; to: number; i: number }[] = [];
  for (const [pattern, runs] of PATTERNS.entries()) {
    for (let i = 0; i + runs.length < edges.length; i++) {
      const at = edges.slice(i, i + runs.length + 1).map((edge) => edge.at);
      const [from, to] = [at[0]!, at[runs.length]!];
      const module = (to - from) / runs.reduce((a, b) => a + b);
      const off = runs.slice(1).map((run, k) => {
        return Math.abs((at[k + 2]! - at[k]!) / module - run - runs[k]!);
      });
      if (Math.max(...off) > 1.1) continue;
      if (off.reduce((a, b) => a + b) > 0.45 * off.length) continue;
      const before = from - (edges[i - 1]?.at ?? -1e9);
      const behind = (edges[i + runs.length + 1]?.at ?? 1e9) - to;
      if ((pattern === 0 || pattern === 3 ? before : behind) < 1.2 * module) continue;
      const isInverted = edges[i]!.falls === (pattern === 2);
      hits.push({ pattern: pattern + (isInverted ? 4 : 0), from, to, i });
    }
  }
  return hits.sort((a, b) => a.i - b.i);
}
