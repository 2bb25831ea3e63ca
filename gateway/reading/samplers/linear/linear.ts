import type { Box } from '../../box.ts';
import type { Luma, Point } from '../../luma.ts';
import { directionsOf } from '../directions.ts';
import type { Edges } from '../edges.ts';
import { lines } from '../lines/lines.ts';
import type { Lines } from '../lines/lines-types.ts';
import type { SampledRead } from '../sampler.ts';
import { type Turned, toPicture, turn } from '../turned.ts';
import { type Bars, barsOf, edgesOf, QUIET_RUNS, QUIET_RUNS_BLURRED } from './bars.ts';
import { code128Modules, decodeCode128 } from './code128.ts';
import { decodeEan13, EAN13_MODULES } from './ean13.ts';
import { decodeItf, ITF_PAIRS, ITF_WIDE, itfModules } from './itf.ts';
import { type Profile, profileOf } from './profile.ts';
import type { Ruler } from './ruler.ts';

/** Where bands are taken, as shares of the way from the middle of the box to its edge. */
const BANDS = [0, -0.3, 0.3];
/** Lines shifted against each other reach so many pixels beyond the box. */
const BESIDE = 24;
/** How much of a module's light is taken to fall on each neighbour, in turn. */
const BLURS = [0.08, 0.22, 0.32];
/** Slants of the code against the picture that are tried, to either side. */
const SLANT_MOST = 0.5;
/** Modules by which two slants that are tried differ in the middle. */
const SLANT_STEP = 0.2;
/** Measures that the edges fit best are gone on with. */
const MEASURES_MAX = 8;
/** How well edges have to fall on modules: 1 is all, 0 is chance. */
const FITTING = 0.3;

/** One way to divide a stretch of bars into modules. */
interface Measure {
  readonly symbology: 'Code128' | 'EAN13' | 'ITF';
  readonly modules: number;
  readonly slant: number;
  readonly fitting: number;
  /** Characters, or pairs of digits, and how wide a wide bar is. */
  readonly count: number;
  readonly wide: number;
}

/**
 * Reads Code 128, EAN-13 and ITF at any angle: bands of lines averaged along the bars, divided into
 * modules as the edges say, each character compared with all patterns as they look through blur.
 * Cost: 5 to 10 ms; 150 at most, where moire and noise show many stripes.
 */
export function sampleLinear(picture: Luma, box: Box): SampledRead[] {
  const kernel = lines();
  const { half } = turn(picture, box, 0);
  kernel.look(picture, box, half.x - box.width / 2 + BESIDE);
  for (const angle of directionsOf(kernel, box)) {
    const read = readAlong(kernel, turn(picture, box, angle), box);
    if (read) return [read];
  }
  return [];
}

function readAlong(kernel: Lines, turned: Turned, box: Box): SampledRead | undefined {
  const high = Math.abs(box.width * turned.sin) + Math.abs(box.height * turned.cos);
  const apart = Math.max(0.7, Math.min(3, high / 90));
  const bands: { profile: Profile; edges: Edges; tried: Bars[] }[] = [];
  const readOn = ({ profile, edges, tried }: (typeof bands)[0], quiet: number) => {
    for (const bars of barsOf(edges, quiet)) {
      if (tried.some(({ from, to }) => from === bars.from && to === bars.to)) continue;
      tried.push(bars);
      const read = readBars(kernel, profile, bars);
      if (read) return { ...read, corners: cornersOf(turned, profile, bars, high) };
    }
    return undefined;
  };
  for (const at of BANDS) {
    const profile = profileOf(kernel, turned, (at * high) / 2, apart);
    if (!profile) continue;
    const band = { profile, edges: edgesOf(profile.values), tried: [] };
    bands.push(band);
    const read = readOn(band, QUIET_RUNS);
    if (read) return read;
  }
  for (const band of bands) {
    const read = readOn(band, QUIET_RUNS_BLURRED);
    if (read) return read;
  }
  return undefined;
}

function readBars(kernel: Lines, profile: Profile, bars: Bars) {
  for (const measure of measuresOf(kernel, bars)) {
    for (const backwards of [false, true]) {
      const ruler: Ruler = { ...bars, ...measure, values: profile.values, backwards };
      for (const blur of BLURS) {
        const text = decode(ruler, measure, blur);
        if (text) return { text, symbology: measure.symbology };
      }
    }
  }
  return undefined;
}

function decode(ruler: Ruler, { symbology, count, wide }: Measure, blur: number) {
  if (symbology === 'Code128') return decodeCode128(ruler, blur);
  if (symbology === 'EAN13') return decodeEan13(ruler, blur);
  return decodeItf(ruler, blur, count, wide);
}

/** The measures whose modules' edges the bars' edges are nearest to. */
function measuresOf(kernel: Lines, bars: Bars): Measure[] {
  const found: Measure[] = [];
  const { from, to } = bars;
  kernel.edges(bars.edges.map((edge) => (edge - from) / (to - from)));
  const consider = (symbology: Measure['symbology'], modules: number, count: number, wide = 0) => {
    if ((to - from) / modules < 0.9) return;
    const step = (4 * SLANT_STEP) / modules;
    // Seen from the other end, a slant of s is one of -s / (1 + s).
    const first = -Math.ceil(SLANT_MOST / (1 + SLANT_MOST) / step);
    const best = kernel.fit(modules, step, first, Math.floor(SLANT_MOST / step));
    if (best.fitting >= FITTING) found.push({ symbology, modules, count, wide, ...best });
  };
  // Six edges a character, and one more; blur may hide two thirds of them.
  const least = Math.max(5, Math.floor(bars.runs / 6));
  for (let count = least; count <= Math.min(45, 2 * least + 4); count++) {
    consider('Code128', code128Modules(count), count);
  }
  if (bars.runs > 24 && bars.runs < 64) consider('EAN13', EAN13_MODULES, 13);
  for (const pairs of ITF_PAIRS) {
    const runs = 10 * pairs + 7;
    if (bars.runs > runs + 4 || bars.runs < 0.55 * runs) continue;
    for (const wide of ITF_WIDE) consider('ITF', itfModules(pairs, wide), pairs, wide);
  }
  return found.sort((a, b) => b.fitting - a.fitting).slice(0, MEASURES_MAX);
}

/** The bars' ends on the line they were read on, and as high as the box is. */
function cornersOf(
  turned: Turned,
  profile: Profile,
  bars: Bars,
  high: number,
): [Point, Point, Point, Point] {
  const half = toPicture({ ...turned, centre: { x: 0, y: 0 } }, 0, 0.3 * high);
  const left = profile.at(bars.from);
  const right = profile.at(bars.to);
  const moved = ({ x, y }: Point, by: number) => ({ x: x + by * half.x, y: y + by * half.y });
  return [moved(left, -1), moved(right, -1), moved(right, 1), moved(left, 1)];
}
