import type { Box } from '../../box.ts';
import type { Luma, Point } from '../../luma.ts';
import { directionsOf } from '../directions.ts';
import type { Edges } from '../edges.ts';
import { lines } from '../lines/lines.ts';
import type { Lines } from '../lines/lines-types.ts';
import type { SampledRead } from '../sampler.ts';
import { type Turned, toPicture, turn } from '../turned.ts';
import { type Bars, barsOf, edgesOf, QUIET_RUNS, QUIET_RUNS_BLURRED } from './bars.ts';
import { decodeCode128 } from './code128.ts';
import { decodeEan13 } from './ean13.ts';
import { decodeItf } from './itf.ts';
import { type Measure, measuresOf } from './measures.ts';
import { type Profile, profileOf } from './profile.ts';
import type { Ruler } from './ruler.ts';

/** Where bands are taken, as shares of the way from the middle of the box to its edge. */
const BANDS = [0, -0.3, 0.3];
/** Lines shifted against each other reach so many pixels beyond the box. */
const BESIDE = 24;
/** How much of a module's light is taken to fall on each neighbour, in turn. */
const BLURS = [0.08, 0.22, 0.32];

/** What is tried. */
interface Effort {
  /** All directions, or the box's own. */
  readonly turns: boolean;
  readonly bands: readonly number[];
  readonly quiets: readonly number[];
  readonly blurs: readonly number[];
  /** Bars of which blur hides none and noise adds none. */
  readonly exact: boolean;
}

const ALL: Effort = {
  turns: true,
  bands: BANDS,
  quiets: [QUIET_RUNS, QUIET_RUNS_BLURRED],
  blurs: BLURS,
  exact: false,
};
const QUICK: Effort = {
  turns: false,
  bands: BANDS,
  quiets: [QUIET_RUNS],
  blurs: BLURS.slice(0, 1),
  exact: true,
};

/**
 * Reads Code 128, EAN-13 and ITF at any angle: bands of lines averaged along the bars, divided into
 * modules as the edges say, each character compared with all patterns as they look through blur.
 * Cost: 1 to 3 ms; 25 at most, where moire and noise show many stripes.
 */
export function sampleLinear(picture: Luma, box: Box): SampledRead[] {
  return sample(picture, box, ALL);
}

/** A first look: bars that are all seen, in the box's own direction. Cost: 0.4 ms. */
export function sampleLinearQuick(picture: Luma, box: Box): SampledRead[] {
  return sample(picture, box, QUICK);
}

function sample(picture: Luma, box: Box, effort: Effort): SampledRead[] {
  const kernel = lines();
  const { half } = turn(picture, box, 0);
  kernel.look(picture, box, half.x - box.width / 2 + BESIDE);
  for (const angle of effort.turns ? directionsOf(kernel, box) : [box.angle]) {
    const read = readAlong(kernel, turn(picture, box, angle), box, effort);
    if (read) return [read];
  }
  return [];
}

function readAlong(
  kernel: Lines,
  turned: Turned,
  box: Box,
  effort: Effort,
): SampledRead | undefined {
  const high = Math.abs(box.width * turned.sin) + Math.abs(box.height * turned.cos);
  const apart = Math.max(0.7, Math.min(3, high / 90));
  const bands: { profile: Profile; edges: Edges; tried: Bars[] }[] = [];
  const readOn = ({ profile, edges, tried }: (typeof bands)[0], quiet: number) => {
    for (const bars of barsOf(edges, quiet)) {
      if (tried.some(({ from, to }) => from === bars.from && to === bars.to)) continue;
      tried.push(bars);
      const read = readBars(kernel, profile, bars, effort);
      if (read) return { ...read, corners: cornersOf(turned, profile, bars, high) };
    }
    return undefined;
  };
  const [first = QUIET_RUNS, ...others] = effort.quiets;
  for (const at of effort.bands) {
    const profile = profileOf(kernel, turned, (at * high) / 2, apart);
    if (!profile) continue;
    const band = { profile, edges: edgesOf(profile.values), tried: [] };
    bands.push(band);
    const read = readOn(band, first);
    if (read) return read;
  }
  for (const quiet of others) {
    for (const band of bands) {
      const read = readOn(band, quiet);
      if (read) return read;
    }
  }
  return undefined;
}

function readBars(kernel: Lines, profile: Profile, bars: Bars, { exact, blurs }: Effort) {
  for (const measure of measuresOf(kernel, bars, exact)) {
    for (const backwards of [false, true]) {
      const ruler: Ruler = { ...bars, ...measure, values: profile.values, backwards };
      for (const blur of blurs) {
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
