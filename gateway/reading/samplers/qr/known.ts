import { DARK, LIGHT, type Version } from './version.ts';

/** Known modules that the fit looks at, at most: beyond, every second and so on. */
const PLACES_MAX = 480;
const PLACES_BEGUN_MAX = 168;
/** Modules from a finder's middle that are looked at: the light ones around it too. */
const RING = 4;
/** The kernels look at four modules at once. */
const LANES = 4;

/** Modules that are known beforehand; as many as four go into. */
export interface Known {
  readonly u: Float32Array;
  readonly v: Float32Array;
  /** What a module adds to the score: light ones together 1, dark ones -1. */
  readonly weight: Float32Array;
  /** The sum of the weights' squares. */
  readonly power: number;
}

/** A module that is known: its middle, and which it is. */
export interface Place {
  readonly u: number;
  readonly v: number;
  readonly dark: boolean;
}

/** What the kernels take of known modules. */
export function tableOf(places: readonly Place[]): Known {
  const kept = places.slice(0, places.length - (places.length % LANES));
  const dark = kept.filter((place) => place.dark).length;
  const light = kept.length - dark;
  return {
    u: Float32Array.from(kept, ({ u }) => u),
    v: Float32Array.from(kept, ({ v }) => v),
    weight: Float32Array.from(kept, (place) => (place.dark ? -1 / dark : 1 / light)),
    power: 1 / dark + 1 / light,
  };
}

/** A finder's rings by their distance from the middle, which itself tells least and is left out. */
export const FINDER_KNOWN: Known = tableOf(
  Array.from({ length: (2 * RING + 1) ** 2 }, (_, i) => {
    const u = (i % (2 * RING + 1)) - RING;
    const v = Math.floor(i / (2 * RING + 1)) - RING;
    const ring = Math.max(Math.abs(u), Math.abs(v));
    return { u, v, dark: ring !== 2 && ring !== RING };
  }).filter(({ u, v }) => u !== 0 || v !== 0),
);

const made = new Map<number, { all: Known; some: Known }>();

/** The modules of a version that are known, and the light ones beside it; made once. */
export function knownOf(version: Version): { all: Known; some: Known } {
  let known = made.get(version.number);
  if (!known) {
    const places = placesOf(version);
    const few = (most: number) =>
      tableOf(places.filter((_, k) => k % Math.ceil(places.length / most) === 0));
    known = { all: few(PLACES_MAX), some: few(PLACES_BEGUN_MAX) };
    made.set(version.number, known);
  }
  return known;
}

function placesOf({ uses, size }: Version): Place[] {
  const places: Place[] = [];
  const at = (i: number) => (2 * (i + 0.5)) / size - 1;
  for (let y = -1; y <= size; y++) {
    for (let x = -1; x <= size; x++) {
      const beside = x < 0 || y < 0 || x === size || y === size;
      const use = beside ? LIGHT : uses[y * size + x];
      if (use === LIGHT || use === DARK) places.push({ u: at(x), v: at(y), dark: use === DARK });
    }
  }
  return places;
}
