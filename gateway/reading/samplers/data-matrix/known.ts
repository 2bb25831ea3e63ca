import { type Known, type Place, tableOf } from '../qr/known.ts';
import { DARK, type Layout } from './layout.ts';

/** Known modules that the fit looks at, at most: beyond, every second and so on. */
const PLACES_MAX = 480;
/** Places along each of a symbol's sides, and how far in and out of it they are: half a module. */
const ALONG = 12;
const IN = 0.055;
const OUT = 0.07;
const ALL_ALONG = Array.from({ length: ALONG }, (_, i) => (2 * (i + 0.5)) / ALONG - 1);

/** A symbol's solid sides whatever its size, and the light beside them. */
export const SOLID_KNOWN: Known = tableOf(
  ALL_ALONG.flatMap((at) => [
    { u: IN - 1, v: at, dark: true },
    { u: at, v: 1 - IN, dark: true },
    { u: -1 - OUT, v: at, dark: false },
    { u: at, v: 1 + OUT, dark: false },
  ]),
);

/** ... and the light beside the others too. */
export const SIDES_KNOWN: Known = tableOf(
  ALL_ALONG.flatMap((at) => [
    { u: IN - 1, v: at, dark: true },
    { u: at, v: 1 - IN, dark: true },
    { u: -1 - OUT, v: at, dark: false },
    { u: at, v: 1 + OUT, dark: false },
    { u: 1 + OUT, v: at, dark: false },
    { u: at, v: -1 - OUT, dark: false },
  ]),
);

/** The modules of a size that are known, and the light ones beside it. */
export function knownOf(layout: Layout): Known {
  return few(placesOf(layout), PLACES_MAX);
}

/**
 * The upper side's modules from the left, then the right side's from below: all, or those nearer
 * to the solid sides, whose places the fourth corner moves less. Modules at the ends, which are
 * beside others, count nothing.
 */
export function timingOf({ size }: Layout, half: boolean): Known {
  const count = half ? 2 * Math.ceil(size / 4) : size;
  const at = (i: number) => (2 * (i + 0.5)) / size - 1;
  const all = Array.from({ length: count }, (_, i) => i);
  const weigh = (i: number) => (i === 0 || i === count - 1 ? 0 : i % 2 === 0 ? -1 : 1);
  return {
    u: Float32Array.from([...all.map(at), ...all.map(() => at(size - 1))]),
    v: Float32Array.from([...all.map(() => at(0)), ...all.map((i) => -at(i))]),
    weight: Float32Array.from([...all, ...all].map(weigh)),
    power: 2 * count - 4,
  };
}

function few(places: readonly Place[], most: number): Known {
  const step = Math.max(1, places.length / most);
  const count = Math.min(places.length, most);
  return tableOf(Array.from({ length: count }, (_, i) => places[Math.floor(i * step)]!));
}

function placesOf({ known, size }: Layout): Place[] {
  const places: Place[] = [];
  const at = (i: number) => (2 * (i + 0.5)) / size - 1;
  for (let y = -1; y <= size; y++) {
    for (let x = -1; x <= size; x++) {
      const beside = x < 0 || y < 0 || x === size || y === size;
      const use = beside ? -1 : known[y * size + x]!;
      if (use !== 0) places.push({ u: at(x), v: at(y), dark: use === DARK });
    }
  }
  return places;
}
