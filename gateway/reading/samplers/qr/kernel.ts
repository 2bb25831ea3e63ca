import type { Box } from '../../box.ts';
import type { Luma } from '../../luma.ts';
import { openFinding } from '../finding.ts';
import { FINDER_KNOWN, knownOf } from './known.ts';
import type { Version } from './version.ts';
import type { View } from './view.ts';

/** What assembly/index.ts exports beside what finds; see there. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  fitIn(from: number, w: number, h: number, sign: number): void;
  fitTo(size: number, all: number, allPower: number, some: number, somePower: number): void;
  warp(): number;
  begin(): number;
  begun(): number;
  fit(first: number): number;
  clear(first: number): number;
  modules(size: number, sharpen: number, sign: number, from: number, w: number, h: number): void;
}

/**
 * What is fitted: the three finders' middles and where a fourth one's would be, as x and y in the
 * order upper left, upper right, lower right, lower left; then how far the paper is bent about
 * either axis.
 */
export type Posts = Float64Array;

/** Where a symbol's modules are; assembly/fit.ts makes it of posts. */
export type Warp = Float64Array;

/** The compiled part of the sampler. It works on what was taken last. */
export type QrKernel = ReturnType<typeof openQrKernel>;

/** The kernels compiled from assembly/ (kernel.wasm); one instance belongs to one thread. */
export function openQrKernel() {
  const finding = openFinding<Exports>(new URL('./kernel.wasm', import.meta.url), FINDER_KNOWN);
  const { kernels: wasm, floats, put, view, levelled, pixels, spots, shape } = finding;
  const places = finding.placesOf(['POSTS', 'WARP', 'ALL', 'SOME', 'RAW']);
  let fitted: { view: View; version: Version; sign: number } | undefined;

  return {
    ...{ view, levelled, pixels, spots, shape },

    /** Puts a box of a picture in, on whole pixels and inside the picture. */
    take(picture: Luma, box: Box): void {
      finding.take(picture, box);
      fitted = undefined;
    },

    /** What is fitted from here on. */
    target(view: View, version: Version, inverted: boolean): void {
      const sign = inverted ? -1 : 1;
      wasm.fitIn(view.at, view.width, view.height, sign);
      if (fitted?.version !== version) {
        const { all, some } = knownOf(version);
        put(places.ALL, all);
        put(places.SOME, some);
        wasm.fitTo(version.size, all.u.length, all.power, some.u.length, some.power);
      }
      fitted = { view, version, sign };
    },

    /** The posts of the target, to be set and read. */
    posts(): Posts {
      return new Float64Array(wasm.memory.buffer, places.POSTS, 10);
    },

    /** How like a symbol the posts are: as they stand; as the best slant and bend of three. */
    begun: () => wasm.begun(),
    begin: () => wasm.begin(),

    /**
     * Moves the posts until known modules are most like what they have to be, or (`clear`) those
     * that no finder holds until all modules stand out most; gives the known ones' likeness.
     */
    fit: (firstStep: number) => wasm.fit(firstStep),
    clear: (firstStep: number) => wasm.clear(firstStep),

    /** Where the posts put modules; undefined where they cross. */
    warp(): Warp | undefined {
      if (!wasm.warp()) return undefined;
      return new Float64Array(wasm.memory.buffer, places.WARP, 11).slice();
    },

    /**
     * All modules by the warp made last: about 1 for what is surely dark, -1 for what is surely
     * light. Valid until the next call.
     * @param sharpen how much of the neighbours' light is taken away, 0 to 1.5
     */
    modules(sharpen: number): Float32Array {
      if (!fitted) throw new RangeError('nothing is fitted');
      const { view, version, sign } = fitted;
      wasm.modules(version.size, sharpen, sign, view.at, view.width, view.height);
      return floats(places.RAW, version.size ** 2);
    },
  };
}
