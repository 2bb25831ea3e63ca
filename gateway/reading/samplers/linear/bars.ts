import { type Edges, edgesFor, findEdges } from '../edges.ts';
import { noiseOf, rangeOf } from '../turned.ts';

/** A run this many times the usual one is a quiet zone. */
const QUIET_RUNS = 4.5;
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

/** The stretches of many edges between quiet zones, those with most edges first. */
export function barsOf(values: Float32Array): Bars[] {
  const edges = edgesFor(values.length);
  const swing = Math.min(0.12 * rangeOf(values, values.length), 4 * noiseOf(values, values.length));
  findEdges(values, values.length, Math.max(2, swing), edges);
  const found: Bars[] = [];
  let first = 0;
  for (let i = 1; i <= edges.count; i++) {
    const gap = i === edges.count ? 1e9 : edges.at[i]! - edges.at[i - 1]!;
    const reach = Math.min(i - 1, first + 24);
    const usual = (edges.at[reach]! - edges.at[first]!) / Math.max(1, reach - first);
    const near = edges.count > first + 1 ? edges.at[first + 1]! - edges.at[first]! : 1;
    if (gap < QUIET_RUNS * (reach - first >= 6 ? usual : 3 * near)) continue;
    add(edges, first, i - 1, found);
    first = i;
  }
  return found.sort((a, b) => b.runs - a.runs).slice(0, STRETCHES_MAX);
}

/** From the first edge to the last, which have to go opposite ways: bars stand at both ends. */
function add({ at, firstFalls }: Edges, first: number, last: number, found: Bars[]): void {
  if (last - first < EDGES_LEAST) return;
  const inverted = (first % 2 === 0) !== firstFalls;
  const ends = (last - first) % 2 === 1 ? [[first, last]] : [[first, last - 1], [first + 1, last]];
  for (const [from, to] of ends as [number, number][]) {
    const turned = from === first ? inverted : !inverted;
    found.push({ from: at[from]!, to: at[to]!, runs: to - from, inverted: turned, edges: at.slice(from, to + 1) });
  }
}
