import { type Edges, edgesFor, findEdges } from '../edges.ts';
import { noiseOf, rangeOf, sampleLine, stretch, type Turned } from '../turned.ts';

/** The start pattern's runs and the stop pattern's, in modules; both begin with a bar. */
const START = [8, 1, 1, 1, 1, 1, 1, 3];
const STOP = [7, 1, 1, 3, 1, 1, 1, 2, 1];
/** Pairs of runs may be wrong by this much, in modules: in the mean, and the worst of them. */
const OFF_IN_MEAN = 0.45;
const OFF_AT_WORST = 1.1;
const QUIET_MODULES = 1.2;
/** At most so many lines are looked at. */
const LINES_MAX = 160;

/** How lines are looked at. */
interface Look {
  /** Samples along the bars that one sample is the mean of, and pixels between them. */
  readonly taps: number;
  readonly apart: number;
  /** Pixels between the lines that are looked at. */
  readonly step: number;
  /** The least difference that is an edge, in levels. */
  swing(line: Float32Array, count: number): number;
}

/** Clear bars: edges are a share of the line's contrast. */
const PLAIN: Look = {
  taps: 3,
  apart: 1.2,
  step: 3,
  swing: (line, count) => Math.max(5, 0.12 * rangeOf(line, count)),
};
/** Faint ones: more lines taken together, and all that is more than the noise left then. */
const FAINT: Look = {
  taps: 9,
  apart: 1.3,
  step: 5,
  swing: (line, count) => Math.max(1.5, 5 * noiseOf(line, count)),
};

/** One guard pattern on one line: where it begins and ends, in pixels along the line. */
export interface Hit {
  readonly s: number;
  readonly from: number;
  readonly to: number;
}

/** The guards that were seen with one polarity and one direction of reading. */
export interface Guards {
  readonly inverted: boolean;
  /** Whether the symbol is read against the direction of the lines. */
  readonly backwards: boolean;
  readonly starts: Hit[];
  readonly stops: Hit[];
}

interface Template {
  readonly runs: readonly number[];
  readonly modules: number;
  readonly beginsWithBar: boolean;
  readonly backwards: boolean;
  readonly start: boolean;
  /** Whether light has to stand before it or behind it. */
  readonly quietBefore: boolean;
}

const TEMPLATES: readonly Template[] = [
  template(START, true, true, false),
  template(STOP, false, true, false),
  template([...STOP].reverse(), false, true, true),
  template([...START].reverse(), true, false, true),
];

function template(runs: number[], start: boolean, beginsWithBar: boolean, backwards: boolean) {
  const modules = runs.reduce((a, b) => a + b);
  return { runs, modules, beginsWithBar, backwards, start, quietBefore: start !== backwards };
}

/**
 * Looks for start and stop patterns along lines across the bars, light on dark as well, to be read
 * forwards or backwards. Cost: 40 ns for each pixel of every third line, so 2 ms for a box of
 * 400 × 400; three times that for faint ones.
 */
export function findGuards(turned: Turned, faint: boolean): Guards[] {
  const all: Guards[] = [false, true].flatMap((inverted) =>
    [false, true].map((backwards) => ({ inverted, backwards, starts: [], stops: [] })),
  );
  const look = faint ? FAINT : PLAIN;
  const line = new Float32Array(2 * Math.ceil(turned.half.x + turned.half.y));
  const edges = edgesFor(line.length);
  const step = Math.max(look.step, (2 * turned.reach) / LINES_MAX);
  for (let s = -turned.reach; s <= turned.reach; s += step) {
    const span = stretch(turned, s);
    if (span.to - span.from < 20) continue;
    const count = sampleLine(turned, s, span, look, line);
    findEdges(line, count, look.swing(line, count), edges);
    match(edges, s, span.from, all);
  }
  return all;
}

function match({ at, count, firstFalls }: Edges, s: number, from: number, all: Guards[]): void {
  for (const template of TEMPLATES) {
    const { runs, quietBefore } = template;
    for (let i = 0; i + runs.length < count; i++) {
      if (!fits(at, i, template)) continue;
      const module = (at[i + runs.length]! - at[i]!) / template.modules;
      const outer = quietBefore ? i : i + runs.length;
      const beyond = quietBefore
        ? at[outer]! - (at[outer - 1] ?? -1e9)
        : (outer + 1 < count ? at[outer + 1]! : 1e9) - at[outer]!;
      if (beyond < QUIET_MODULES * module) continue;
      const falls = (i % 2 === 0) === firstFalls;
      const inverted = falls !== template.beginsWithBar;
      const guards = all[(inverted ? 2 : 0) + (template.backwards ? 1 : 0)]!;
      const hit = { s, from: from + at[i]!, to: from + at[i + runs.length]! };
      (template.start ? guards.starts : guards.stops).push(hit);
    }
  }
}

/** Compares pairs of neighbouring runs, which blur leaves as they are. */
function fits(at: Float32Array, i: number, { runs, modules }: Template): boolean {
  const module = (at[i + runs.length]! - at[i]!) / modules;
  let sum = 0;
  for (let k = 0; k + 1 < runs.length; k++) {
    const pair = (at[i + k + 2]! - at[i + k]!) / module;
    const off = Math.abs(pair - runs[k]! - runs[k + 1]!);
    if (off > OFF_AT_WORST) return false;
    sum += off;
  }
  return sum <= OFF_IN_MEAN * (runs.length - 1);
}
