import type { Box } from '../../box.ts';
import type { Luma } from '../../luma.ts';
import type { SampledRead } from '../sampler.ts';
import { into, outOf, type Shrunk, shrink } from '../shrink.ts';
import { decode, type Modules } from './blocks.ts';
import { findFinders } from './finders.ts';
import { begin, begunAt, cornersOf, type Fit, fit, warpOf } from './fit.ts';
import { modulesOf } from './grid.ts';
import { type Guess, guessesOf } from './pairs.ts';
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
/** Modules are wanted to have so many pixels, and pictures are not made smaller than by so much. */
const MODULE_WANTED = 3;
const FACTOR_MOST = 5;
/** Pixels beside the box that are looked at too. */
const AROUND = 12;
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
 * Cost: 10 ms where there are no finders, 20 to 50 with them, 190 at most.
 */
export function sampleQr(picture: Luma, box: Box): SampledRead[] {
  const finders = findFinders(picture, box);
  const viewFor = views(picture, box);
  const whole = triplesOf(finders).flatMap((candidate) => {
    const module = Math.min(...candidate.triple.map((finder) => finder.module));
    return placesOf(viewFor(module), candidate);
  });
  const read = readBest(whole);
  if (read) return [read];
  const partial = readBest(
    guessesOf(finders).flatMap((guess) => guessedAt(viewFor(guess.module), guess)),
  );
  return partial ? [partial] : [];
}

/** Large modules are looked at in a smaller picture, so that all their pixels count. */
function views(picture: Luma, box: Box): (module: number) => Shrunk {
  const made = new Map<number, Shrunk>();
  const around = AROUND + 0.1 * Math.max(box.width, box.height);
  return (module) => {
    const factor = Math.max(1, Math.min(FACTOR_MOST, Math.floor(module / MODULE_WANTED)));
    let view = made.get(factor);
    if (!view) {
      view = shrink(picture, box, around, factor);
      made.set(factor, view);
    }
    return view;
  };
}

/** Fits and reads the places that look most like a symbol. */
function readBest(places: readonly Place[]): SampledRead | undefined {
  const likeliest = places
    .filter((place) => place.begun.likeness >= LIKENESS_BEGUN)
    .sort((a, b) => b.begun.likeness - a.begun.likeness)
    .slice(0, FITS_MAX);
  for (const place of likeliest) {
    const read = readAt(place);
    if (read) return read;
  }
  return undefined;
}

/** The versions that a guess may be of. */
function guessedAt(view: Shrunk, { posts, size, inverted }: Guess): Place[] {
  const near = Math.round((size - 17) / 4);
  const seen = posts.slice();
  for (let i = 0; i < 8; i += 2) {
    const place = into(view, { x: posts[i]!, y: posts[i + 1]! });
    seen[i] = place.x;
    seen[i + 1] = place.y;
  }
  return [near - 1, near, near + 1]
    .filter((number) => number >= 1 && number <= VERSION_MOST)
    .map((number) => {
      const version = versionOf(number);
      const begun = begunAt(view.picture, version, seen, inverted);
      return { view, version, inverted, begun, coarse: true };
    });
}

interface Place {
  readonly view: Shrunk;
  readonly begun: Fit;
  readonly version: Version;
  readonly inverted: boolean;
  /** Whether the start is a guess, and may be modules off. */
  readonly coarse: boolean;
}

/** The versions that three finders may be of, each at its likeliest slant and bend. */
function placesOf(view: Shrunk, { triple, size }: Candidate): Place[] {
  const exact = (size - 17) / 4;
  const near = Math.round(exact);
  const { inverted } = triple[0];
  const [a, b, c] = triple;
  const seen = [into(view, a), into(view, b), into(view, c)] as const;
  return [near, exact > near ? near + 1 : near - 1]
    .filter((number) => number >= 1 && number <= VERSION_MOST)
    .map((number) => {
      const version = versionOf(number);
      const begun = begin(view.picture, version, seen, inverted);
      return { view, version, inverted, begun, coarse: false };
    });
}

function readAt({ view, begun, version, inverted, coarse }: Place): SampledRead | undefined {
  const { picture } = view;
  const { posts, likeness } = fit(picture, version, begun, inverted, coarse);
  const warp = warpOf(posts, version.size);
  if (!warp || likeness < LIKENESS) return undefined;
  for (const sharpen of SHARPENINGS) {
    const modules = modulesOf(picture, warp, version.size, sharpen, inverted);
    for (const { level, mask } of formatsOf(modules, version.size)) {
      const text = decode(modules, version, level, mask);
      if (!text) continue;
      const [a, b, c, d] = cornersOf(warp);
      const corners = [outOf(view, a), outOf(view, b), outOf(view, c), outOf(view, d)] as const;
      return { text, symbology: 'QRCode', corners };
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
