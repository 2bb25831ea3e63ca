import type { Known } from './qr/known.ts';
import type { View } from './qr/view.ts';
import type { openViews } from './views.ts';

/** What kernels that fit a symbol's grid export; see aztec/assembly/index.ts. */
export interface GridExports {
  readonly memory: WebAssembly.Memory;
  fitIn(from: number, w: number, h: number, sign: number): void;
  fitTo(size: number, all: number, allPower: number, some: number, somePower: number): void;
  like(all: boolean): number;
  fit(side: number, first: number, rounds: number): number;
  modules(size: number, sharpen: number, sign: number, from: number, w: number, h: number): void;
}

/**
 * Where a symbol's modules are: a plane about its middle (six figures and two of perspective), two
 * more for paper that is bent about either axis, and what leaves its corners where they are.
 * Coordinates run from -1 to 1 between the outer edges.
 */
export type Warp = Float64Array;

export const WARP_FIGURES = 11;

/** The grid that kernels fit to a square symbol in what was taken last. */
export function gridOf<Own extends GridExports>(viewing: ReturnType<typeof openViews<Own>>) {
  const { kernels, floats, put } = viewing;
  const places = viewing.placesOf(['WARP', 'ALL', 'SOME', 'RAW']);

  return {
    /** What is fitted from here on: a symbol `size` modules wide, by what is known of it. */
    target(
      { at, width, height }: View,
      size: number,
      { all, some }: { readonly all: Known; readonly some: Known },
      inverted: boolean,
    ): void {
      kernels.fitIn(at, width, height, inverted ? -1 : 1);
      put(places.ALL, all);
      put(places.SOME, some);
      kernels.fitTo(size, all.u.length, all.power, some.u.length, some.power);
    },

    /** The warp of the target, to be set and read. */
    warp: (): Warp => new Float64Array(kernels.memory.buffer, places.WARP, WARP_FIGURES),

    /** How like what they have to be some of the known modules are, or all. */
    like: (all: boolean) => kernels.like(all),

    /**
     * Moves the warp until the middle modules, `side` along a side, stand out most and those that
     * are known are most like what they have to be; gives their likeness.
     * @param first the first step, in modules at the edge of these
     */
    fit: (side: number, first: number, rounds: number) => kernels.fit(side, first, rounds),

    /**
     * `size` × `size` modules by the warp: about 1 for what is surely dark, -1 for what is surely
     * light. Valid until the next call.
     * @param sharpen how much of the neighbours' light is taken away, 0 to 1.5
     */
    modules(view: View, size: number, sharpen: number, inverted: boolean): Float32Array {
      const { at, width, height } = view;
      kernels.modules(size, sharpen, inverted ? -1 : 1, at, width, height);
      return floats(places.RAW, size ** 2);
    },
  };
}
