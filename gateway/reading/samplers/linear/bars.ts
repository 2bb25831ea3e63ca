import { type Edges, edgesFor, findEdges } from '../edges.ts';
import { noiseOf, rangeOf } from '../turned.ts';

/** A run so many times the usual one is a quiet zone; fewer where blur hides thin bars. */
export const QUIET_RUNS = 3.6;
export const QUIET_RUNS_BLURRED = 2.7;
/** ... of so many on one side of it. */
const AROUND = 12;
const EDGES_LEAST = 16;
/** Stretches of a profile that are gone on with. */
const STRETCHES_MAX = 3;

/** A stretch of a profile that bars are on: from the first one's beginning to the last one's end. */
export interface Bars {
  readonly from: number;
  readonly to: number;
  /** Bars and spaces that were seen; blur may hide some. */
  readonly runs: number;
  readonly inverted: boolean;
  /** The edges between. */
  readonly edges: Float32Array;
}

/** The edges of a profile that are more than its noise. */
export function edgesOf(values: Float32Array): Edges {
  const edges = edgesFor(values.length);
  const swing = Math.min(0.12 * rangeOf(values, values.length), 4 * noiseOf(values, values.length));
  findEdges(values, values.length, Math.max(2, swing), edges);
  return edges;
}

/**
 * The stretches of many edges between quiet zones, those with most edges first.
 * @param quiet how many times the usual run a quiet zone is
 */
export function barsOf(edges: Edges, quiet: number): Bars[] {
  const found: Bars[] = [];
  let first = 0;
  for (let i = 1; i <= edges.count; i++) {
    if (i < edges.count && !isQuiet(edges, i, quiet)) continue;
    add(edges, first, i - 1, found);
    first = i;
  }
  return found.sort((a, b) => b.runs - a.runs).slice(0, STRETCHES_MAX);
}

/** Whether the run before edge `i` is much wider than those on either one side of it. */
function isQuiet({ at, count }: Edges, i: number, quiet: number): boolean {
  const gap = at[i]! - at[i - 1]!;
  const behind = Math.min(count - 1, i + AROUND);
  const before = Math.max(0, i - 1 - AROUND);
  const usualBehind = behind - i >= 6 ? (at[behind]! - at[i]!) / (behind - i) : 1e9;
  const usualBefore = i - 1 - before >= 6 ? (at[i - 1]! - at[before]!) / (i - 1 - before) : 1e9;
  return gap > quiet * Math.min(usualBehind, usualBefore);
}

/** From the first edge to the last, which have to go opposite ways: bars stand at both ends. */
function add({ at, firstFalls }: Edges, first: number, last: number, found: Bars[]): void {
  if (last - first < EDGES_LEAST) return;
  const inverted = (first % 2 === 0) !== firstFalls;
  const ends =
    (last - first) % 2 === 1
      ? [[first, last]]
      : [
          [first, last - 1],
          [first + 1, last],
        ];
  for (const [from, to] of ends as [number, number][]) {
    const turned = from === first ? inverted : !inverted;
    found.push({
      from: at[from]!,
      to: at[to]!,
      runs: to - from,
      inverted: turned,
      edges: at.slice(from, to + 1),
    });
  }
}
