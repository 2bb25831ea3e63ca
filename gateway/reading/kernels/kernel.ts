import { readFileSync } from 'node:fs';
import type { Luma } from '../luma.ts';
import { type Gradients, type Kernel, PATCH_FIELDS, type Placement } from './kernel-types.ts';

/** What assembly/index.ts exports; see there. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  halve(from: number, to: number, w: number, h: number): void;
  blocks(from: number, to: number, w: number, h: number): void;
  scores(from: number, to: number, columns: number, rows: number): void;
  open(from: number, sums: number, to: number, rows: number, ...plan: number[]): number;
  quiet(scores: number, bins: number, count: number, share: number): number;
  calm(scores: number, sums: number, count: number, most: number): number;
  patches(field: number, w: number, h: number, level: number, ...plan: number[]): number;
  warp(from: number, w: number, h: number, to: number, ...plan: number[]): void;
  soften(from: number, to: number, rows: number, w: number, h: number): void;
  sharpen(from: number, to: number, rows: number, ...plan: number[]): void;
  level(from: number, to: number, sums: number, w: number, h: number, radius: number): void;
}

/** Pixels that a picture made of another may have. */
export const MADE_PIXELS_MAX = 1 << 21;
export const PAGE = 65_536;
/** Rows that are copied and halved at once: they stay in the processor's nearest memory. */
const STRIP = 32;
/** Vectors are read up to so many bytes beyond a picture. */
const SLACK = 64;
const SUMS = 8;
const BINS = 256;
/** Samples that a score is summed over: 3 x 3 blocks of 8 x 8. */
export const SCORE_SAMPLES = 576;
/** The quiet part of a frame is noise. */
export const QUIET_SHARE = 0.2;
/** A score is told in steps of an eighth. */
const STEPS = 8;
/** Patches of a frame; what opening leaves is nine blocks at least. */
const PATCHES_MAX = 512;
const TONES = 256;
/** Bytes of a column's sums where light is levelled. */
const SUM_BYTES = 16;
/** Where memory begins that the compiler keeps nothing in. */
export const START = 1_024;

/** Places in the module's memory, for pictures of at most one size. */
interface Layout {
  readonly pixels: number;
  readonly half: number;
  readonly quarter: number;
  readonly sums: number;
  readonly scores: number;
  readonly coarseSums: number;
  readonly coarseScores: number;
  readonly opened: number;
  readonly line: number;
  readonly mask: number;
  readonly patches: number;
  readonly made: number;
  readonly second: number;
  readonly rows: number;
  readonly end: number;
}

const FRAME = START + TONES + SLACK;

function layoutFor(pixels: number): Layout {
  let at = FRAME;
  const next = (bytes: number): number => {
    const here = at;
    at = (at + bytes + SLACK + 15) & ~15;
    return here;
  };
  next(pixels);
  const half = next(pixels >> 2);
  const quarter = next(pixels >> 4);
  const blocks = (pixels >> 8) + 1;
  const sums = next(blocks * SUMS * 4) & ~15;
  const scores = next(blocks * 4);
  const coarseSums = next(blocks * SUMS);
  const coarseScores = next(blocks);
  const opened = next(blocks * 4);
  const line = next(blocks * 4 + BINS * 4);
  // A byte a block and a border around them: nine, where there is but one.
  const mask = next(blocks * 9);
  const patches = next(PATCHES_MAX * PATCH_FIELDS * 8);
  const [made, second, rows] = [MADE_PIXELS_MAX, MADE_PIXELS_MAX, MADE_PIXELS_MAX].map(next);
  const places = { made: made as number, second: second as number, rows: rows as number };
  const coarse = { quarter, coarseSums, coarseScores };
  const own = { opened, line, mask, patches };
  return { pixels, half, sums, scores, ...own, ...coarse, ...places, end: at };
}

let compiled: WebAssembly.Module | undefined;

/** What is compiled from assembly/, with memory of its own. */
export function instance(): WebAssembly.Exports {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('./kernel.wasm', import.meta.url)));
  return new WebAssembly.Instance(compiled).exports;
}

/** The kernels compiled from assembly/ (kernel.wasm); one instance belongs to one thread. */
export function openKernel(): Kernel {
  const wasm = instance() as unknown as Exports;
  let layout = layoutFor(0);
  let bytes = new Uint8Array(wasm.memory.buffer);
  let taken: Luma = { luma: bytes, width: 0, height: 0 };
  /** The rows of what was taken that are copied in, from the first to before the last. */
  let rows = { first: 0, last: 0 };

  function reserve(pixels: number): void {
    if (bytes.length >= layout.end && pixels <= layout.pixels) return;
    layout = layoutFor(pixels);
    const missing = layout.end - wasm.memory.buffer.byteLength;
    if (missing > 0) wasm.memory.grow(Math.ceil(missing / PAGE));
    bytes = new Uint8Array(wasm.memory.buffer);
    for (let tone = 0; tone < TONES; tone++) bytes[START + tone] = tone;
  }

  const view = (at: number, width: number, height: number): Luma => {
    return { luma: bytes.subarray(at, at + width * height), width, height };
  };

  function copy(first: number, last: number, to: number): void {
    const { luma, width } = taken;
    bytes.set(luma.subarray(first * width, last * width), to);
  }

  /** Copies in those rows that a warp reads, and what is between them and others. */
  function need({ width, height, start, across, down }: Placement): void {
    const [right, low] = [(width - 1) * across[1], (height - 1) * down[1]];
    const ends = [0, right, low, right + low].map((more) => start[1] + more);
    const inside = (row: number) => Math.min(Math.max(row, 0), taken.height);
    // Two at least: what lies outside is mixed of the outermost.
    const first = Math.max(
      0,
      Math.min(inside(Math.floor(Math.min(...ends)) - 1), taken.height - 2),
    );
    const last = Math.max(inside(Math.ceil(Math.max(...ends)) + 2), Math.min(2, taken.height));
    if (rows.first === rows.last) rows = { first, last: first };
    if (first < rows.first) copy(first, rows.first, FRAME + first * taken.width);
    if (last > rows.last) copy(rows.last, last, FRAME + rows.last * taken.width);
    rows = { first: Math.min(first, rows.first), last: Math.max(last, rows.last) };
  }

  /** Where a picture is in the module's memory: one that is not in it is put in. */
  function place({ luma, width, height }: Luma): number {
    checkMade(width, height);
    reserve(0);
    if (luma.buffer === bytes.buffer && luma.byteOffset !== layout.second) return luma.byteOffset;
    bytes.set(luma, layout.made);
    return layout.made;
  }

  function gradientsOf(
    block: Gradients['block'],
    from: number,
    sums: number,
    scores: number,
    width: number,
    height: number,
  ): Gradients {
    const columns = Math.max(0, (width - 1) >> 3);
    const rows = Math.max(0, (height - 1) >> 3);
    const count = columns * rows;
    wasm.blocks(from, sums, width, height);
    wasm.scores(sums, scores, columns, rows);
    const { buffer } = wasm.memory;
    return {
      ...{ block, columns, rows, sums: new Int32Array(buffer, sums, count * SUMS) },
      scores: new Int32Array(buffer, scores, count),
    };
  }

  const placesOf = (block: Gradients['block']) =>
    block === 16
      ? { scores: layout.scores, sums: layout.sums }
      : { scores: layout.coarseScores, sums: layout.coarseSums };

  return {
    take(picture) {
      const { luma, width, height } = picture;
      if (luma.length < width * height) throw new RangeError('the picture is shorter than it says');
      reserve(width * height);
      taken = picture;
      rows = { first: 0, last: 0 };
      for (let row = 0; row < height; row += STRIP) {
        const count = Math.min(STRIP, height - row);
        copy(row, row + count, FRAME);
        wasm.halve(FRAME, layout.half + (row >> 1) * (width >> 1), width, count);
      }
    },
    halve: () => view(layout.half, taken.width >> 1, taken.height >> 1),
    gradients() {
      const [width, height] = [taken.width >> 1, taken.height >> 1];
      return gradientsOf(16, layout.half, layout.sums, layout.scores, width, height);
    },
    coarse() {
      const { half, quarter, coarseSums, coarseScores } = layout;
      const [width, height] = [taken.width >> 2, taken.height >> 2];
      wasm.halve(half, quarter, taken.width >> 1, taken.height >> 1);
      return gradientsOf(32, quarter, coarseSums, coarseScores, width, height);
    },
    opened({ block, columns, rows }, off) {
      const { scores, sums } = placesOf(block);
      const best = wasm.open(scores, sums, layout.opened, layout.line, columns, rows, off);
      return { field: new Int32Array(wasm.memory.buffer, layout.opened, columns * rows), best };
    },
    quiet({ block, columns, rows }) {
      const { scores, sums } = placesOf(block);
      const count = columns * rows;
      const score = wasm.quiet(scores, layout.line, count, QUIET_SHARE) / STEPS;
      return { score, squares: wasm.calm(scores, sums, count, score * SCORE_SAMPLES) };
    },
    patches({ block, columns, rows }, level) {
      const side = block / 16;
      const { opened, sums, mask, line, patches } = layout;
      const fine = [sums, Math.max(0, ((taken.width >> 1) - 1) >> 3), side] as const;
      const room = [mask, line, patches, PATCHES_MAX] as const;
      if (columns * rows === 0) return new Float64Array(0);
      const count = wasm.patches(opened, columns, rows, level, ...fine, ...room);
      return new Float64Array(wasm.memory.buffer, patches, count * PATCH_FIELDS);
    },
    warp(placement: Placement, tones?: Uint8Array) {
      const { width, height, start, across, down, half = false } = placement;
      checkMade(width, height);
      if (tones) bytes.set(tones, START);
      if (!half) need(placement);
      const [from, w, h] = half
        ? [layout.half, taken.width >> 1, taken.height >> 1]
        : [FRAME, taken.width, taken.height];
      const plan = [...start, ...across, ...down].map((place) => Math.round(place * 65_536));
      wasm.warp(from, w, h, layout.made, width, height, ...plan, START, layout.rows);
      if (tones) for (let tone = 0; tone < TONES; tone++) bytes[START + tone] = tone;
      return view(layout.made, width, height);
    },
    soften(picture) {
      const from = place(picture);
      wasm.soften(from, layout.second, layout.rows, picture.width, picture.height);
      return view(layout.second, picture.width, picture.height);
    },
    sharpen(picture, radius, strength) {
      const from = place(picture);
      const { width, height } = picture;
      wasm.sharpen(from, layout.second, layout.rows, width, height, radius, strength);
      return view(layout.second, width, height);
    },
    level(picture, radius) {
      const from = place(picture);
      const { width, height } = picture;
      if ((width + 16) * SUM_BYTES > MADE_PIXELS_MAX)
        throw new RangeError('too wide a picture to level');
      wasm.level(from, layout.second, layout.rows, width, height, radius);
      return view(layout.second, width, height);
    },
  };
}

function checkMade(width: number, height: number): void {
  if (width * height > MADE_PIXELS_MAX) throw new RangeError('too large a picture to make');
}
