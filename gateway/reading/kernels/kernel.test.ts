import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Luma } from '../luma.ts';
import { build, COMPILED, kernelFolders } from './build.ts';
import { CELL, openGrid } from './grid.ts';
import { MADE_PIXELS_MAX, openKernel } from './kernel.ts';
import { plainKernel } from './plain.ts';

/** A picture of chance, the same for the same seed (mulberry32). */
function chance(seed: number, width: number, height: number): Luma {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 24;
  };
  // Some of them of few tones only: extremes are where sums overflow.
  const tone = seed % 3 === 0 ? () => (next() > 127 ? 255 : 0) : next;
  return { luma: Uint8Array.from({ length: width * height }, tone), width, height };
}

const sizes: [number, number][] = [
  [64, 48],
  [2, 2],
  [17, 33],
  [99, 40],
  [18, 18],
  [160, 91],
  [31, 7],
];

test('the compiled kernels and their plain twins give the same to the bit', () => {
  const [wasm, plain] = [openKernel(), plainKernel()];
  for (const [seed, [width, height]] of sizes.entries()) {
    const picture = chance(seed, width, height);
    for (const kernel of [wasm, plain]) kernel.take(picture);
    assert.equal(wasm.halve(), plain.halve());
    for (const size of ['gradients', 'coarse'] as const) {
      const made = wasm[size]();
      assert.equal(made, plain[size]());
      assert.equal(wasm.quiet(made), plain.quiet(made));
      const { field, best } = wasm.opened(made, 20_000);
      assert.equal({ field, best }, plain.opened(made, 20_000));
      for (const part of [0.3, 0.6, 0.9]) {
        const level = Math.ceil(best * part);
        assert.equal(wasm.patches(made, level), plain.patches(made, level));
      }
    }
    const turn = seed / 2;
    const across = [Math.cos(turn) * 0.7, Math.sin(turn) * 0.7] as const;
    const down = [-across[1], across[0]] as const;
    const size = { width: 41, height: 23, half: seed % 2 === 1 && width > 3 && height > 3 };
    const plan = { ...size, start: [seed - 4.3, 2.2], across, down } as const;
    assert.equal(wasm.warp(plan), plain.warp(plan));
    for (const by of [0.31, 1, 1.7, -0.8]) {
      const upright = {
        ...size,
        start: [-1.4, seed + 0.7],
        across: [by, 0],
        down: [0, 0.6],
      } as const;
      assert.equal(wasm.warp(upright), plain.warp(upright));
    }
    const tones = Uint8Array.from({ length: 256 }, (_, tone) => 255 - tone);
    const negative = plain.warp(plan, tones);
    assert.equal(wasm.warp(plan, tones), negative);
    assert.equal(wasm.soften(negative), plain.soften(negative));
    for (const radius of [1, 3, 20]) {
      assert.equal(wasm.level(picture, radius), plain.level(picture, radius));
    }
    for (const radius of [1, 3, 50]) {
      assert.equal(wasm.sharpen(picture, radius, 24), plain.sharpen(picture, radius, 24));
    }
  }
});

test('a grid sums the middle lines of its cells and counts how far they moved', () => {
  const sumsOf = ({ luma, width, height }: Luma) => {
    const [columns, rows] = [Math.floor(width / CELL), Math.floor(height / CELL)];
    return Array.from({ length: columns * rows }, (_, cell) => {
      const row = Math.floor(cell / columns) * CELL + CELL / 2;
      const from = row * width + (cell % columns) * CELL;
      return luma.subarray(from, from + CELL).reduce((sum, tone) => sum + tone, 0);
    });
  };
  const grid = openGrid();
  for (const [width, height] of [
    [160, 91],
    [15, 40],
    [1280, 720],
    [33, 50],
  ] as const) {
    const [one, other] = [chance(width, width, height), chance(height, width, height)];
    grid.look(one.luma, width, height);
    grid.keep();
    const sums = sumsOf(other);
    const { cells, light } = grid.look(other.luma, width, height);
    assert.is(cells, sums.length);
    const total = sums.reduce((sum, one) => sum + one, 0);
    assert.is(light, total / Math.max(1, cells * CELL));
    const moves = new Int32Array(256);
    for (const [i, before] of sumsOf(one).entries()) {
      const move = Math.abs((sums[i] as number) - before) >> 4;
      moves[move] = (moves[move] as number) + 1;
    }
    assert.equal(grid.moves(), moves);
  }
});

test('rows of a picture are copied in as they are needed, in any order', () => {
  const [wasm, plain] = [openKernel(), plainKernel()];
  for (const seed of [1, 2]) {
    const picture = chance(seed, 90, 300);
    for (const kernel of [wasm, plain]) kernel.take(picture);
    for (const [top, turn] of [
      [140, 0],
      [30, 0.4],
      [-60, 0],
      [280, -0.3],
      [400, 0],
      [0, 1.5],
    ] as const) {
      const across = [Math.cos(turn), Math.sin(turn)] as const;
      const down = [-across[1], across[0]] as const;
      const plan = { width: 70, height: 25, start: [9.5, top], across, down } as const;
      assert.equal(wasm.warp(plan), plain.warp(plan), `${top}`);
    }
  }
});

test('a kernel works on what it has made itself, and refuses what is too large or too short', () => {
  const [wasm, plain] = [openKernel(), plainKernel()];
  const picture = chance(5, 60, 50);
  for (const kernel of [wasm, plain]) kernel.take(picture);
  const plan = { width: 50, height: 40, start: [3, 2], across: [1, 0], down: [0, 1] } as const;
  const twice = ({ soften, sharpen, warp }: typeof wasm) => sharpen(soften(warp(plan)), 2, 16);
  assert.equal(twice(wasm), twice(plain));
  const large = { ...plan, width: MADE_PIXELS_MAX, height: 2 };
  assert.throws(
    () => wasm.warp(large),
    (error: unknown) => error instanceof RangeError,
  );
  const short = { luma: new Uint8Array(10), width: 10, height: 10 };
  assert.throws(
    () => wasm.take(short),
    (error: unknown) => error instanceof RangeError,
  );
});

test('the checked-in kernels are what the compiler makes of their source', async () => {
  const folders = kernelFolders();
  assert.ok(folders.length > 0);
  for (const folder of folders) {
    const checkedIn = readFileSync(join(folder, COMPILED));
    assert.ok(checkedIn.equals(await build(folder)), 'npm run kernels builds them anew');
  }
});

test.run();
