import type { Luma } from '../../luma.ts';
import { climbed } from '../qr/plain-climb.ts';
import { lookThrough, plainLikeness } from '../qr/plain-look.ts';
import { plainClearness } from '../qr/plain-modules.ts';
import { knownOf } from './known.ts';
import type { Layout } from './layout.ts';

const f32 = Math.fround;
const LAST_STEP = 0.05;
const STRAIN = 0.15;
const SLANT_SHARE = 0.3;
const SLANT_MOST = 0.7;

type Five = readonly [number, number, number, number, number];
type Ten = readonly [...Five, ...Five];

/** The fit of a grid as assembly/fit.ts makes it, to the bit. */
export function plainFit(picture: Luma, layout: Layout, inverted: boolean) {
  const { size } = layout;
  const known = knownOf(layout);
  const like = (warp: readonly number[], all: boolean) => {
    const table = all ? known.all : known.some;
    return (inverted ? -1 : 1) * plainLikeness(picture, table, Float64Array.from(warp));
  };

  /** How far the middle modules, `side` along a side, are from the mean around them. */
  function clearness(warp: readonly number[], side: number): number {
    const look = lookThrough(picture, Float64Array.from(warp));
    const first = f32(0.5 - side / 2);
    const at = (i: number) => f32((i + first) * f32(2 / size));
    const seen = Array.from({ length: side * side }, (_, i) =>
      look(at(i % side), at(Math.floor(i / side))),
    );
    return plainClearness(seen, side);
  }

  return {
    like,

    /** Until the middle `side` × `side` modules stand out most and are like what is known. */
    fit(warp: readonly number[], side: number, first: number, rounds: number) {
      const before = clearness(warp, side) + 1;
      const scoreOf = (at: readonly number[]) => {
        const [, , , , , , g, k, bendU, bendV] = at as unknown as Ten;
        const slants = Math.abs(g) + Math.abs(k);
        if (slants > SLANT_MOST) return -9;
        const bends = Math.abs(bendU) + Math.abs(bendV);
        const score = like(at, side === size) + clearness(at, side) / before;
        return score - STRAIN * (bends + SLANT_SHARE * slants);
      };
      const [a, b, , c, d] = warp as unknown as Five;
      const half = Math.sqrt(Math.abs(a * d - b * c));
      // A module at the edge of what is looked at: of the picture, or of the symbol's half.
      const reach = size / side;
      const movesOf = (step: number) =>
        warp.slice(0, 10).map((_, k) => {
          const far = k === 2 || k === 5 ? 0.5 : k < 6 ? reach : reach * reach;
          return step * ((2 / size) * (k < 6 ? half : 1)) * far;
        });
      const steps = { first, last: LAST_STEP, rounds };
      const { figures } = climbed(warp, steps, movesOf, scoreOf);
      return { warp: figures, likeness: like(figures, side === size) };
    },
  };
}
