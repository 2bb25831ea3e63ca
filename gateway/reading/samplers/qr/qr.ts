import type { Box } from '../../box.ts';
import type { Luma } from '../../luma.ts';
import type { SampledRead } from '../sampler.ts';
import { decode, type Modules } from './blocks.ts';
import { findFinders } from './finders.ts';
import { begin, cornersOf, type Fit, fit, warpOf } from './fit.ts';
import { modulesOf } from './grid.ts';
import { type Candidate, triplesOf } from './triples.ts';
import {
  formatBits,
  formatPlaces,
  LEVELS,
  type Level,
  VERSION_MOST,
  type Version,
  versionOf,
} from './version.ts';

/** How much of the blur is undone, in turn. */
const SHARPENINGS = [0.6, 0, 1.3];
/** Formats that are tried, the likeliest first. */
const FORMATS_MAX = 2;
/** So many places are fitted. */
const FITS_MAX = 4;
/** How much the known modules have to be as they have to be. */
const LIKENESS = 0.35;
/** ... and before the fit. */
const LIKENESS_BEGUN = 0.2;

/**
 * Reads a QR Code by its grid: three finders give a first plane, all modules that are known
 * beforehand a better one, bent paper included; then each module is compared with those around, and
 * the least sure words are erased.
 * Cost: 3 ms where there are no finders, 5 to 15 ms with them, 60 ms at most.
 */
export function sampleQr(picture: Luma, box: Box): SampledRead[] {
  for (const place of placesIn(picture, triplesOf(findFinders(picture, box)))) {
    const read = readAt(picture, place);
    if (read) return [read];
  }
  return [];
}

interface Place {
  readonly begun: Fit;
  readonly version: Version;
  readonly inverted: boolean;
}

/** The places that look most like a symbol before they are fitted. */
function placesIn(picture: Luma, candidates: readonly Candidate[]): Place[] {
  const begun = candidates.flatMap(({ triple, size }) => {
    const exact = (size - 17) / 4;
    const near = Math.round(exact);
    const { inverted } = triple[0];
    return [near, exact > near ? near + 1 : near - 1]
      .filter((number) => number >= 1 && number <= VERSION_MOST)
      .map((number) => {
        const version = versionOf(number);
        return { version, inverted, begun: begin(picture, version, triple, inverted) };
      });
  });
  return begun
    .filter((place) => place.begun.likeness >= LIKENESS_BEGUN)
    .sort((a, b) => b.begun.likeness - a.begun.likeness)
    .slice(0, FITS_MAX);
}

function readAt(picture: Luma, { begun, version, inverted }: Place): SampledRead | undefined {
  const { posts, likeness } = fit(picture, version, begun, inverted);
  const warp = warpOf(posts, version.size);
  if (!warp || likeness < LIKENESS) return undefined;
  for (const sharpen of SHARPENINGS) {
    const modules = modulesOf(picture, warp, version.size, sharpen, inverted);
    for (const { level, mask } of formatsOf(modules, version.size)) {
      const text = decode(modules, version, level, mask);
      if (text) return { text, symbology: 'QRCode', corners: cornersOf(warp) };
    }
  }
  return undefined;
}

/** The formats whose bits both copies are most like. */
function formatsOf(modules: Modules, size: number): { level: Level; mask: number }[] {
  const seen = formatPlaces(size).map((copies) =>
    copies.reduce((sum, [x, y]) => sum + Math.max(-1, Math.min(1, modules[y * size + x]!)), 0),
  );
  const all = LEVELS.flatMap((level) => Array.from({ length: 8 }, (_, mask) => ({ level, mask })));
  const scored = all.map((format) => {
    const bits = formatBits(format.level, format.mask);
    const score = seen.reduce((sum, value, i) => sum + ((bits >> i) & 1 ? value : -value), 0);
    return { ...format, score };
  });
  return scored.sort((a, b) => b.score - a.score).slice(0, FORMATS_MAX);
}
