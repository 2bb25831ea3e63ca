import type { Lines } from '../lines/lines-types.ts';
import type { Bars } from './bars.ts';
import { CODE128_MOST, code128Modules } from './code128.ts';
import { EAN13_MODULES, EAN13_RUNS } from './ean13.ts';
import { ITF_PAIRS, ITF_WIDE, itfModules, itfRuns } from './itf.ts';

/** Slants of the code against the picture that are tried, to either side. */
const SLANT_MOST = 0.5;
/** Modules by which two slants that are tried differ in the middle. */
const SLANT_STEP = 0.2;
/** Measures that the edges fit best are gone on with. */
const MEASURES_MAX = 8;
/** How well edges have to fall on modules: 1 is all, 0 is chance. */
const FITTING = 0.3;

/** One way to divide a stretch of bars into modules. */
export interface Measure {
  readonly symbology: 'Code128' | 'EAN13' | 'ITF';
  readonly modules: number;
  readonly slant: number;
  readonly fitting: number;
  /** Characters, or pairs of digits, and how wide a wide bar is. */
  readonly count: number;
  readonly wide: number;
}

/**
 * The measures whose modules' edges the bars' edges are nearest to.
 * @param exact only those of as many bars and spaces as were seen
 */
export function measuresOf(kernel: Lines, bars: Bars, exact: boolean): Measure[] {
  const found: Measure[] = [];
  const { from, to } = bars;
  kernel.edges(bars.edges.map((edge) => (edge - from) / (to - from)));
  const consider = (
    symbology: Measure['symbology'],
    modules: number,
    count: number,
    wide: number,
  ) => {
    if ((to - from) / modules < 0.9) return;
    const step = (4 * SLANT_STEP) / modules;
    // Seen from the other end, a slant of s is one of -s / (1 + s).
    const first = -Math.ceil(SLANT_MOST / (1 + SLANT_MOST) / step);
    const best = kernel.fit(modules, step, first, Math.floor(SLANT_MOST / step));
    if (best.fitting >= FITTING) found.push({ symbology, modules, count, wide, ...best });
  };
  for (const [symbology, modules, count, wide] of exact ? exactly(bars) : about(bars)) {
    consider(symbology, modules, count, wide);
  }
  return found.sort((a, b) => b.fitting - a.fitting).slice(0, MEASURES_MAX);
}

type Guess = readonly [Measure['symbology'], modules: number, count: number, wide: number];

/** What has this many bars and spaces. */
function exactly({ runs }: Bars): Guess[] {
  const found: Guess[] = [];
  const characters = (runs - 1) / 6;
  if (Number.isInteger(characters) && characters <= CODE128_MOST) {
    found.push(['Code128', code128Modules(characters), characters, 0]);
  }
  if (runs === EAN13_RUNS) found.push(['EAN13', EAN13_MODULES, 13, 0]);
  for (const pairs of ITF_PAIRS) {
    if (runs !== itfRuns(pairs)) continue;
    for (const wide of ITF_WIDE) found.push(['ITF', itfModules(pairs, wide), pairs, wide]);
  }
  return found;
}

/** What may have been seen so: blur hides up to two thirds of the edges, noise adds a few. */
function about({ runs }: Bars): Guess[] {
  const found: Guess[] = [];
  // Six edges a character, and one more.
  const least = Math.max(5, Math.floor(runs / 6));
  for (let count = least; count <= Math.min(CODE128_MOST, 2 * least + 4); count++) {
    found.push(['Code128', code128Modules(count), count, 0]);
  }
  if (runs > 24 && runs <= EAN13_RUNS + 4) found.push(['EAN13', EAN13_MODULES, 13, 0]);
  for (const pairs of ITF_PAIRS) {
    if (runs > itfRuns(pairs) + 4 || runs < 0.55 * itfRuns(pairs)) continue;
    for (const wide of ITF_WIDE) found.push(['ITF', itfModules(pairs, wide), pairs, wide]);
  }
  return found;
}
