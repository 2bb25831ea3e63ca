import { openFinding } from '../finding.ts';
import { tableOf } from '../qr/known.ts';
import type { View } from '../qr/view.ts';
import { BULLSEYE, knownOf } from './known.ts';
import type { Layout } from './layout.ts';

/** What assembly/index.ts exports beside what finds; see there. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  fitIn(from: number, w: number, h: number, sign: number): void;
  fitTo(size: number, all: number, allPower: number, some: number, somePower: number): void;
  like(all: boolean): number;
  fit(side: number, first: number, rounds: number): number;
  modules(size: number, sharpen: number, sign: number, from: number, w: number, h: number): void;
}

/**
 * Where a symbol's modules are: a plane about its middle (six figures and two of perspective), two
 * more for paper that is bent about either axis, and 0. Coordinates run from -1 to 1 between the
 * outer edges.
 */
export type Warp = Float64Array;

export const WARP_FIGURES = 11;

/** The compiled part of the sampler. It works on what was taken last. */
export type AztecKernel = ReturnType<typeof openAztecKernel>;

/** The kernels compiled from assembly/ (kernel.wasm); one instance belongs to one thread. */
export function openAztecKernel() {
  const finding = openFinding<Exports>(
    new URL('./kernel.wasm', import.meta.url),
    tableOf(BULLSEYE),
  );
  const { kernels: wasm, floats, put, take, view, spots, shape } = finding;
  const places = finding.placesOf(['WARP', 'ALL', 'SOME', 'RAW']);

  return {
    ...{ take, view, spots, shape },

    /** What is fitted from here on. */
    target({ at, width, height }: View, layout: Layout, inverted: boolean): void {
      const { all, core } = knownOf(layout);
      wasm.fitIn(at, width, height, inverted ? -1 : 1);
      put(places.ALL, all);
      put(places.SOME, core);
      wasm.fitTo(layout.size, all.u.length, all.power, core.u.length, core.power);
    },

    /** The warp of the target, to be set and read. */
    warp: (): Warp => new Float64Array(wasm.memory.buffer, places.WARP, WARP_FIGURES),

    /** How like what they have to be the core's modules are, or all that are known. */
    like: (all: boolean) => wasm.like(all),

    /**
     * Moves the warp until the middle modules, `side` along a side, stand out most and those that
     * are known are most like what they have to be; gives their likeness.
     * @param first the first step, in modules at the edge of these
     */
    fit: (side: number, first: number, rounds: number) => wasm.fit(side, first, rounds),

    /**
     * `size` × `size` modules by the warp: about 1 for what is surely dark, -1 for what is surely
     * light. Valid until the next call.
     * @param sharpen how much of the neighbours' light is taken away, 0 to 1.5
     */
    modules(view: View, size: number, sharpen: number, inverted: boolean): Float32Array {
      const { at, width, height } = view;
      wasm.modules(size, sharpen, inverted ? -1 : 1, at, width, height);
      return floats(places.RAW, size ** 2);
    },
  };
}
