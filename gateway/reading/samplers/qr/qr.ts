import type { Box } from '../../box.ts';
import type { Luma, Point } from '../../luma.ts';
import type { ZXing } from '../../zxing.ts';
import { withMargin } from '../margin.ts';
import type { SampledRead } from '../sampler.ts';
import type { Sightings } from '../sightings.ts';
import { decode, type Modules } from './blocks.ts';
import { equalised } from './equalise.ts';
import { bestOf, type Finder, findersAt } from './finders.ts';
import { openQrKernel, type Posts, type QrKernel, type Warp } from './kernel.ts';
import { guessesOf } from './pairs.ts';
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
import { into, outOf, type View } from './view.ts';

/** How much of the blur is undone. */
const SHARPEN = 0.6;
/** How many of the format's 30 bits have to be as they have to be, less those that are not. */
const FORMAT_LEAST = 12;
/** Modules are wanted to have so many pixels. */
const MODULE_WANTED = 3;
/** Lines are so many pixels apart, of the picture made smaller. */
const FINE_LINES = { half: 1.5, quarter: 1 };
const COARSE_LINES = { half: 2, quarter: 1.5 };
const LINES_WHOLE = 2;
/** Boxes of this side may hold modules that are too small for half the size. */
const SMALL_PX = 400;
/** So many places are fitted. */
const FITS_MAX = 4;
/** How much the known modules have to be as they have to be. */
const LIKENESS = 0.5;
/** ... before the fit, and what is so much alike that nothing else is looked at first. */
const LIKENESS_BEGUN = 0.4;
const LIKENESS_SURE = 0.75;
/** What is so much alike after the fit is one, also where it cannot be read. */
const LIKENESS_CERTAIN = 0.93;
/** First steps of the fit in modules; of one whose start is a guess; where modules are cleared. */
const FIRST_STEP = 0.7;
const COARSE_STEP = 1.6;

let opened: QrKernel | undefined;

/** A place that may be a symbol. */
interface Place {
  readonly view: View;
  readonly version: Version;
  readonly inverted: boolean;
  readonly posts: Posts;
  readonly likeness: number;
  /** The first step of the fit, in modules. */
  readonly step: number;
}

/** Where a symbol is that cannot be read, so that it is not tried again. */
interface Lost extends Point {
  readonly reach: number;
}

/** One box that is gone through. */
interface Search {
  readonly kernel: QrKernel;
  readonly lost: Lost[];
  readonly sightings?: Sightings | undefined;
}

/**
 * Reads a QR Code by its grid: three finders give a first plane, all modules that are known
 * beforehand a better one, bent paper included; then each module is compared with those around, and
 * the least sure words are erased.
 * Cost: on a box of 300 × 300 without a symbol 1 ms, with one 2 to 4.
 */
export function sampleQr(
  picture: Luma,
  box: Box,
  _zxing?: ZXing,
  sightings?: Sightings,
): SampledRead[] {
  const search = begin(picture, box, sightings);
  const { kernel } = search;
  // Half the size is enough for most, and a quarter is where noise goes.
  const half = findersAt(kernel, 2, FINE_LINES.half);
  const early = readThree(search, half);
  if (early) return [early];
  const more = findersAt(kernel, 4, FINE_LINES.quarter);
  if (Math.max(box.width, box.height) <= SMALL_PX) more.push(...findersAt(kernel, 1, LINES_WHOLE));
  const all = [...half, ...more];
  const read = (more.length > 0 && readThree(search, all)) || readTwo(search, all);
  return read ? [read] : [];
}

/**
 * The same for a first look: three finders have to be seen, and lines further apart show them.
 * Cost: on a box of 300 × 300 without a symbol 0.7 ms, with one 2.
 */
export function sampleQrQuick(
  picture: Luma,
  box: Box,
  _zxing?: ZXing,
  sightings?: Sightings,
): SampledRead[] {
  const search = begin(picture, box, sightings);
  const half = findersAt(search.kernel, 2, COARSE_LINES.half);
  const early = readThree(search, half);
  if (early) return [early];
  const more = findersAt(search.kernel, 4, COARSE_LINES.quarter);
  const read = more.length > 0 && readThree(search, [...half, ...more]);
  return read ? [read] : [];
}

/** The kernel gets the box, and what is around it. */
function begin(picture: Luma, box: Box, sightings?: Sightings): Search {
  opened ??= openQrKernel();
  opened.take(picture, withMargin(box));
  return { kernel: opened, lost: [], sightings };
}

/**
 * Large modules are looked at in a smaller picture, so that all their pixels count, and in level
 * light: beside a finger or a glare a faint symbol is like nothing.
 */
function viewFor(kernel: QrKernel, module: number): View {
  return kernel.levelled(kernel.view(Math.floor(module / MODULE_WANTED)), module);
}

/** By three finders: the versions that they may be of, each at its likeliest slant and bend. */
function readThree(search: Search, found: readonly Finder[]): SampledRead | undefined {
  const places: Place[] = [];
  for (const candidate of triplesOf(bestOf(found))) {
    for (const place of placesOf(search, candidate)) {
      if (place.likeness < LIKENESS_SURE) {
        places.push(place);
        continue;
      }
      const read = readAt(search, place);
      if (read) return read;
    }
  }
  return readBest(search, places);
}

function* placesOf({ kernel }: Search, { triple, size }: Candidate): Generator<Place> {
  const exact = (size - 17) / 4;
  const near = Math.round(exact);
  const { inverted } = triple[0];
  const view = viewFor(kernel, Math.min(...triple.map((finder) => finder.module)));
  const [a, b, c] = [into(view, triple[0]), into(view, triple[1]), into(view, triple[2])];
  for (const version of versionsOf([near, exact > near ? near + 1 : near - 1])) {
    kernel.target(view, version, inverted);
    kernel.posts().set([a.x, a.y, b.x, b.y, 0, 0, c.x, c.y, 0, 0]);
    const likeness = kernel.begin();
    const posts = kernel.posts().slice();
    yield { view, version, inverted, posts, likeness, step: FIRST_STEP };
  }
}

/** By two of them, where the third is hidden: each guess in the versions that it may be of. */
function readTwo(search: Search, found: readonly Finder[]): SampledRead | undefined {
  const { kernel } = search;
  const places = guessesOf(bestOf(found)).flatMap(({ variants, size, inverted, module }) => {
    const view = viewFor(kernel, module);
    const seen = variants.map((posts) => postsIn(view, posts)).filter((posts) => isIn(view, posts));
    const near = Math.round((size - 17) / 4);
    return versionsOf([near - 1, near, near + 1]).flatMap((version) => {
      kernel.target(view, version, inverted);
      const [best] = seen
        .map((posts) => {
          kernel.posts().set(posts);
          return { posts, likeness: kernel.begun() };
        })
        .sort((one, other) => other.likeness - one.likeness);
      return best ? [{ ...best, view, version, inverted, step: COARSE_STEP }] : [];
    });
  });
  return readBest(search, places);
}

function postsIn(view: View, posts: Posts): Posts {
  const seen = posts.slice();
  for (let i = 0; i < 8; i += 2) {
    const { x, y } = into(view, { x: posts[i]!, y: posts[i + 1]! });
    seen.set([x, y], i);
  }
  return seen;
}

/** Beside what was taken nothing is seen that could be like a symbol or unlike one. */
function isIn({ width, height }: View, posts: Posts): boolean {
  return posts.every((at, i) => i > 7 || (at >= 0 && at < (i % 2 === 0 ? width : height)));
}

function versionsOf(numbers: readonly number[]): Version[] {
  return numbers.filter((number) => number >= 1 && number <= VERSION_MOST).map(versionOf);
}

/** Fits and reads the places that look most like a symbol. */
function readBest(search: Search, places: readonly Place[]): SampledRead | undefined {
  const likeliest = places
    .filter(({ likeness }) => likeness >= LIKENESS_BEGUN)
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, FITS_MAX);
  for (const place of likeliest) {
    const read = readAt(search, place);
    if (read) return read;
  }
  return undefined;
}

/**
 * By the known modules first; where that is not enough, until all modules stand out; then with
 * the blur undone as it is in this symbol, at last together with what earlier frames showed.
 */
function readAt({ kernel, lost, sightings }: Search, place: Place): SampledRead | undefined {
  const { view, posts, version, inverted } = place;
  const middle = outOf(view, { x: (posts[2]! + posts[6]!) / 2, y: (posts[3]! + posts[7]!) / 2 });
  const apart = ({ x, y }: Point) => Math.hypot(x - middle.x, y - middle.y);
  if (lost.some((one) => apart(one) < one.reach)) return undefined;
  kernel.target(view, version, inverted);
  kernel.posts().set(posts);
  const likeness = kernel.fit(place.step);
  if (likeness < LIKENESS) return undefined;
  const read = readModules(kernel, place, kernel.modules(SHARPEN));
  if (read) return read;
  kernel.clear(FIRST_STEP);
  const modules = kernel.modules(SHARPEN);
  const together = sightings?.add(`QR Code ${version.number} ${inverted}`, modules);
  const clearer =
    readModules(kernel, place, modules) ??
    readModules(kernel, place, equalised(kernel.modules(0), version)) ??
    (together && readModules(kernel, place, together)) ??
    (together && readModules(kernel, place, equalised(together, version)));
  const side = view.factor * Math.hypot(posts[2]! - posts[0]!, posts[3]! - posts[1]!);
  if (!clearer && likeness >= LIKENESS_CERTAIN) lost.push({ ...middle, reach: side / 2 });
  return clearer;
}

function readModules(
  kernel: QrKernel,
  { view, version }: Place,
  modules: Modules,
): SampledRead | undefined {
  const warp = kernel.warp();
  if (!warp) return undefined;
  const { level, mask, score } = formatOf(modules, version.size);
  if (score < FORMAT_LEAST) return undefined;
  const text = decode(modules, version, level, mask);
  if (!text) return undefined;
  const [a, b, c, d] = cornersOf(warp);
  const corners = [outOf(view, a), outOf(view, b), outOf(view, c), outOf(view, d)] as const;
  return { text, symbology: 'QRCode', corners };
}

/** The format whose bits both copies are most like. */
function formatOf(modules: Modules, size: number) {
  const seen = formatPlaces(size).map((copies) =>
    copies.reduce((sum, [x, y]) => sum + Math.max(-1, Math.min(1, modules[y * size + x]!)), 0),
  );
  let best: { level: Level; mask: number; score: number } = { level: 'L', mask: 0, score: -1 };
  for (const level of LEVELS) {
    for (let mask = 0; mask < 8; mask++) {
      const bits = formatBits(level, mask);
      const score = seen.reduce((sum, value, i) => sum + ((bits >> i) & 1 ? value : -value), 0);
      if (score > best.score) best = { level, mask, score };
    }
  }
  return best;
}

/** Where (u, v) of the symbol is; both run from -1 to 1 between the outer edges. */
function warped(warp: Warp, u: number, v: number): Point {
  const [a, b, x, c, d, y, g, h, bendU, bendV, rest] = warp as unknown as Eleven;
  const bu = u + bendU * (v * v - rest);
  const bv = v + bendV * (u * u - rest);
  const w = 1 / (g * bu + h * bv + 1);
  return { x: x + (a * bu + b * bv) * w, y: y + (c * bu + d * bv) * w };
}

type Eleven = readonly [...Eight, number, number, number];
type Eight = readonly [number, number, number, number, number, number, number, number];

/** The symbol's corners: upper left, upper right, lower right, lower left. */
function cornersOf(warp: Warp): [Point, Point, Point, Point] {
  return [warped(warp, -1, -1), warped(warp, 1, -1), warped(warp, 1, 1), warped(warp, -1, 1)];
}
