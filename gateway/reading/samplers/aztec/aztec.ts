import type { Box } from '../../box.ts';
import type { Luma, Point } from '../../luma.ts';
import type { ZXing } from '../../zxing.ts';
import type { Warp } from '../grid.ts';
import { withMargin } from '../margin.ts';
import type { Shape } from '../qr/shape.ts';
import { into, outOf, type View } from '../qr/view.ts';
import type { SampledRead } from '../sampler.ts';
import type { Sightings } from '../sightings.ts';
import { type AztecKernel, openAztecKernel } from './kernel.ts';
import { type Layout, layoutOf, modeRing } from './layout.ts';
import { modesOf, type TurnedMode } from './mode.ts';
import { correctedWords, symbolOf } from './words.ts';

/** How much of the blur is undone: at first, and where that does not do. */
const SHARPEN = 0.6;
const SHARPENED = [SHARPEN, 1.4];
/** Modules are wanted to have so many pixels. */
const MODULE_WANTED = 3;
/** How much a place has to be like a bullseye. */
const LIKENESS = 0.6;
/** ... before those beside it are looked at, and what is so much alike that they are not. */
const LIKENESS_BEGUN = 0.45;
const LIKENESS_SURE = 0.88;
const ROUNDS_BESIDE = 2;
/** Modules about a middle, as steps along both axes. */
const RING = Array.from(
  { length: 9 },
  (_, i) => [(i % 3) - 1, Math.floor(i / 3) - 1] as const,
).filter(([u, v]) => u !== 0 || v !== 0);
/** Of the places that lines show the likeliest are fitted, at each size; and gone on with. */
const SPOTS_MAX = 12;
const BULLSEYES_MAX = 2;
/** Boxes of this side may hold modules that are too small for half the size. */
const SMALL_PX = 260;
/** How like a mode message its modules have to be, and how much less than the likeliest at most. */
const MODE_LEAST = { compact: 0.48, full: 0.52 };
const MODE_LESS = 0.12;
const MODES_MAX = 3;
/** Quarter turns that a symbol may be turned by. */
const TURNS = [0, 1, 2, 3];
/** How like what they have to be known modules are where reading is tried, */
const KNOWN_LEAST = 0.45;
/** ... and where it is tried before the grid has grown. */
const KNOWN_EARLY = 0.85;
/** How much of the view a symbol's corners may be outside it before it has grown. */
const OUTSIDE = 0.1;
/** Steps of the fit, in modules, and how often it goes round: as it grows, and at its end. */
const GROW = { step: 0.35, rounds: 4 };
const END = { step: 0.3, rounds: 10 };
/** A core less like one than this is not fitted. */
const CORE_LEAST = 0.35;
const CORE_FIT = { step: 0.25, rounds: 6 };

/** A mode that a ring may mean, and the core's grid. */
interface Seen extends TurnedMode {
  readonly warp: Warp;
}

let opened: AztecKernel | undefined;

/**
 * Reads an Aztec code from its bullseye outwards: what crosses like one and looks like one tells
 * the axes, the ring about it how large the symbol is; the grid grows from there by what makes its
 * modules stand out most. The least sure words are erased; zxing tells the text of the symbol drawn
 * anew.
 */
export function sampleAztec(
  picture: Luma,
  box: Box,
  zxing: ZXing,
  sightings?: Sightings,
): SampledRead[] {
  opened ??= openAztecKernel();
  opened.take(picture, withMargin(box));
  const factors = Math.max(box.width, box.height) <= SMALL_PX ? [2, 1, 4] : [2, 4];
  const tried: Shape[] = [];
  for (const factor of factors) {
    for (const bull of bullseyesAt(opened, factor)) {
      const near = ({ x, y }: Point) => Math.hypot(x - bull.x, y - bull.y) < 2 * bull.module;
      if (tried.some(near)) continue;
      tried.push(bull);
      const read = readAt(opened, bull, zxing, sightings);
      if (read) return [read];
    }
  }
  return [];
}

/** What looks like a bullseye by `factor` smaller, in pixels of the picture, the likeliest first. */
function bullseyesAt(kernel: AztecKernel, factor: number): Shape[] {
  const view = kernel.view(factor);
  const longer = ({ x, y }: Point) => ({ x: x * factor, y: y * factor });
  const found: Shape[] = [];
  for (const spot of kernel.spots(view, 1).slice(0, SPOTS_MAX)) {
    const shape = kernel.shape(view, spot, LIKENESS_BEGUN);
    if (!shape) continue;
    const known = found.some(({ x, y }) => Math.hypot(x - shape.x, y - shape.y) < shape.module);
    if (!known) found.push(shape);
  }
  return found
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, BULLSEYES_MAX)
    .map((shape) => (shape.likeness < LIKENESS_SURE ? besides(kernel, view, shape) : shape))
    .filter(({ likeness }) => likeness >= LIKENESS)
    .map((shape) => {
      const axes = { along: longer(shape.along), down: longer(shape.down) };
      return { ...shape, ...outOf(view, shape), ...axes, module: shape.module * factor };
    });
}

/** A place a module beside a bullseye's middle is somewhat like one too, its tones turned round. */
function besides(kernel: AztecKernel, view: View, shape: Shape): Shape {
  let best = shape;
  for (let round = 0; round < ROUNDS_BESIDE; round++) {
    const { x, y, along, down, module, inverted, likeness } = best;
    // As lines would see it.
    const straight = Math.max(Math.abs(along.x), Math.abs(along.y));
    const seenLarge = (module * Math.hypot(along.x, along.y)) / straight;
    for (const [u, v] of RING) {
      const at = { x: x + u * along.x + v * down.x, y: y + u * along.y + v * down.y };
      const spot = { ...at, module: seenLarge, inverted: !inverted, weight: 1 };
      const other = kernel.shape(view, spot, best.likeness);
      if (other) best = other;
    }
    if (best.likeness === likeness) break;
  }
  return best;
}

/** Grows a grid from a bullseye for each size that it may be of, and reads it. */
function readAt(
  kernel: AztecKernel,
  bull: Shape,
  zxing: ZXing,
  sightings?: Sightings,
): SampledRead | undefined {
  const view = kernel.view(Math.floor(bull.module / MODULE_WANTED));
  for (const mode of likeliest(kernel, view, bull)) {
    const layout = layoutOf(mode.compact, mode.layers);
    kernel.target(view, layout, bull.inverted);
    widened(kernel.warp(), mode.warp, 2 * modeRing(mode.compact) + 1, layout.size, mode.turn);
    if (!isInside(kernel.warp(), view)) continue;
    const early = kernel.like(true) >= KNOWN_EARLY && readGrid(kernel, view, bull, mode, zxing);
    if (early) return early;
    grow(kernel, layout);
    if (kernel.like(true) < KNOWN_LEAST) continue;
    const read = readGrid(kernel, view, bull, mode, zxing, sightings);
    if (read) return read;
  }
  return undefined;
}

/** Corrects and decodes what the warp shows, at last together with what earlier frames showed. */
function readGrid(
  kernel: AztecKernel,
  view: View,
  { inverted }: Shape,
  { compact, layers, data }: TurnedMode,
  zxing: ZXing,
  sightings?: Sightings,
): SampledRead | undefined {
  const layout = layoutOf(compact, layers);
  const modules = (sharpen: number) => kernel.modules(view, layout.size, sharpen, inverted);
  const textOf = (seen: Float32Array) => {
    const words = correctedWords(seen, layout, data);
    return words && meaningOf(symbolOf(words, layout, data), zxing);
  };
  let text: string | undefined;
  for (const sharpen of SHARPENED) text ??= textOf(modules(sharpen));
  if (!text && sightings) {
    const kind = ['Aztec', compact, layers, data, inverted].join(' ');
    const together = sightings.add(kind, modules(SHARPEN));
    text = together && textOf(together);
  }
  if (!text) return undefined;
  const [a, b, c, d] = cornersOf(kernel.warp());
  const corners = [outOf(view, a), outOf(view, b), outOf(view, c), outOf(view, d)] as const;
  return { text, symbology: 'Aztec', corners };
}

function meaningOf(symbol: Luma, zxing: ZXing): string | undefined {
  return zxing.read(symbol, { formats: ['Aztec'], tryInvert: false })[0]?.text;
}

/** The modes that the ring about a bullseye may mean, and where the core was seen. */
function likeliest(kernel: AztecKernel, view: View, bull: Shape): Seen[] {
  const modes: Seen[] = [];
  for (const compact of [true, false]) {
    const size = 2 * modeRing(compact) + 1;
    kernel.target(view, layoutOf(compact, 0), bull.inverted);
    begin(kernel.warp(), view, bull, size);
    if (kernel.like(false) < CORE_LEAST) continue;
    kernel.fit(size, CORE_FIT.step, CORE_FIT.rounds);
    const core = kernel.modules(view, size, SHARPEN, bull.inverted);
    const least = compact ? MODE_LEAST.compact : MODE_LEAST.full;
    const warp = kernel.warp().slice();
    const likely = modesOf(core, compact, TURNS, least);
    modes.push(...likely.map((mode) => ({ ...mode, warp })));
  }
  modes.sort((a, b) => b.score - a.score);
  const least = (modes[0]?.score ?? 0) - MODE_LESS;
  return modes.filter(({ score }) => score >= least).slice(0, MODES_MAX);
}

/** The flat grid of a bullseye's axes, `size` modules wide. */
function begin(warp: Warp, view: View, bull: Shape, size: number): void {
  const { x, y } = into(view, bull);
  const { along, down } = bull;
  const half = size / 2 / view.factor;
  warp.fill(0);
  warp.set([along.x * half, down.x * half, x, along.y * half, down.y * half, y]);
}

/** The grid that a core of `from` modules begins, `size` modules wide and turned by quarters. */
function widened(to: Warp, core: Warp, from: number, size: number, turn: number): void {
  const by = size / from;
  let [a, b, x, c, d, y, g, h, bendU, bendV] = core as unknown as Ten;
  for (let i = 0; i < turn; i++) {
    [a, b, c, d, g, h] = [b, -a, d, -c, h, -g];
    [bendU, bendV] = [bendV, -bendU];
  }
  to.fill(0);
  to.set([a * by, b * by, x, c * by, d * by, y, g * by, h * by, bendU * by, bendV * by]);
}

/** Fits the core, then a layer more each time. */
function grow(kernel: AztecKernel, { compact, size }: Layout): void {
  for (let side = 2 * modeRing(compact) + 1; side < size; side += 4) {
    kernel.fit(side, GROW.step, GROW.rounds);
  }
  kernel.fit(size, END.step, END.rounds);
}

/** Where (u, v) of the symbol is; both run from -1 to 1 between the outer edges. */
function warped(warp: Warp, u: number, v: number): Point {
  const [a, b, x, c, d, y, g, h, bendU, bendV] = warp as unknown as Ten;
  const bu = u + bendU * v * v;
  const bv = v + bendV * u * u;
  const w = 1 / (g * bu + h * bv + 1);
  return { x: x + (a * bu + b * bv) * w, y: y + (c * bu + d * bv) * w };
}

type Five = readonly [number, number, number, number, number];
type Ten = readonly [...Five, ...Five];

/** Whether a symbol is in the view, or nearly. */
function isInside(warp: Warp, { width, height }: View): boolean {
  const [x, y] = [OUTSIDE * width, OUTSIDE * height];
  return cornersOf(warp).every(
    (corner) => corner.x > -x && corner.y > -y && corner.x < width + x && corner.y < height + y,
  );
}

/** The symbol's corners: upper left, upper right, lower right, lower left. */
function cornersOf(warp: Warp): [Point, Point, Point, Point] {
  return [warped(warp, -1, -1), warped(warp, 1, -1), warped(warp, 1, 1), warped(warp, -1, 1)];
}
