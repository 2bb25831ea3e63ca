import { type Known, type Place, tableOf } from '../qr/known.ts';
import { DARK, type Layout, LIGHT } from './layout.ts';

/** Modules of a bullseye to each side of its middle, as both sorts of symbol have them. */
const BULL = 4;
/** Known modules that the fit looks at, at most: beyond, every second and so on. */
const PLACES_MAX = 480;
const CORE_MAX = 168;
/** Modules to each side of the middle that are the core. */
const CORE = 5;
const CORE_FULL = 7;

/** A bullseye's rings about its middle, which itself tells least and is left out. */
export const BULLSEYE: readonly Place[] = Array.from({ length: (2 * BULL + 1) ** 2 }, (_, i) => {
  const u = (i % (2 * BULL + 1)) - BULL;
  const v = Math.floor(i / (2 * BULL + 1)) - BULL;
  return { u, v, dark: Math.max(Math.abs(u), Math.abs(v)) % 2 === 0 };
}).filter(({ u, v }) => u !== 0 || v !== 0);

const made = new WeakMap<Layout, { all: Known; some: Known }>();

/** The modules of a layout that are known, and the light ones beside it; made once. */
export function knownOf(layout: Layout): { all: Known; some: Known } {
  let known = made.get(layout);
  if (!known) {
    const reach = layout.compact ? CORE : CORE_FULL;
    const places = placesOf(layout);
    const half = reach * (2 / layout.size) + 1e-6;
    const core = places.filter(({ u, v }) => Math.max(Math.abs(u), Math.abs(v)) <= half);
    known = { all: few(places, PLACES_MAX), some: few(core, CORE_MAX) };
    made.set(layout, known);
  }
  return known;
}

function few(places: readonly Place[], most: number): Known {
  return tableOf(places.filter((_, k) => k % Math.ceil(places.length / most) === 0));
}

function placesOf({ known, size, layers }: Layout): Place[] {
  const places: Place[] = [];
  const at = (i: number) => (2 * (i + 0.5)) / size - 1;
  for (let y = -1; y <= size; y++) {
    for (let x = -1; x <= size; x++) {
      const beside = x < 0 || y < 0 || x === size || y === size;
      // About a core there is data.
      const use = !beside ? known[y * size + x]! : layers > 0 ? LIGHT : 0;
      if (use !== 0) places.push({ u: at(x), v: at(y), dark: use === DARK });
    }
  }
  return places;
}
