import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Luma } from '../../luma.ts';
import { type FindingExports, openFinding } from '../finding.ts';
import { brightness, planeOf, seenAt } from '../plane.ts';
import { clustersOf, crossedIn, drawn, findsAlike, grain } from '../test/findings.ts';
import { chance, code, cornersOf, type Held, picture } from '../test/picture.ts';
import { openQrKernel, type QrKernel } from './kernel.ts';
import { FINDER_KNOWN, knownOf } from './known.ts';
import { plainSpots } from './plain-clusters.ts';
import { APART, FINDER, finderAt, NEAR } from './plain-finder.ts';
import { type Fit, plainFit, plainWarp } from './plain-fit.ts';
import { lookThrough, plainLikeness } from './plain-look.ts';
import { plainModules } from './plain-modules.ts';
import { plainShrunk, plainTurned } from './plain-views.ts';
import { versionOf } from './version.ts';
import type { View } from './view.ts';

const TEXT = 'R7ZHSBQGV0NP3EB48';
const VERSION = versionOf(3);
const HELD: Held = { width: 150, turn: 12, lean: 0.2, noise: 9 };
const WHOLE = { x: 0, y: 0, score: 1, coherence: 0, angle: 0 };
const cells = code('qrcode', TEXT, 'version=3 eclevel=M');

function taken(held: Held) {
  const { luma } = picture(cells, held);
  const kernel = openQrKernel();
  const { width, height } = luma;
  kernel.take(luma, { ...WHOLE, width, height });
  return { luma, kernel };
}

/** Posts of a picture that was taken: its finders' middles, a pixel off. */
function postsOf(held: Held): number[] {
  const plane = planeOf(cornersOf(cells, held));
  assert.ok(plane);
  const inner = 3.5 / VERSION.size;
  const at = (u: number, v: number) => {
    const { x, y } = seenAt(plane, u, v);
    return [x + 1, y - 1];
  };
  const outer = 1 - inner;
  const posts = [at(inner, inner), at(outer, inner), at(outer, outer), at(inner, outer)];
  return [...posts.flat(), 0.02, -0.03];
}

const PATTERN = { match: finderAt, near: NEAR, apart: APART, fitting: FINDER };
const openFinders = () => {
  return openFinding<FindingExports>(new URL('./kernel.wasm', import.meta.url), FINDER_KNOWN);
};

test('the compiled kernels shrink, cross, find and fit finders as their twins do, to the bit', () => {
  const finders = openFinders();
  const counts = { clusters: 0, spots: 0, fitted: 0, hopeless: 0 };
  for (const seen of drawn(cells)) {
    findsAlike(finders, seen, PATTERN, counts);
  }
  assert.ok(counts.clusters > 2_000 && counts.spots > 150, JSON.stringify(counts));
  assert.ok(counts.fitted > 50 && counts.hopeless > 50, JSON.stringify(counts));
});

test('no more than so many clusters are kept, compared and found to be places', () => {
  const finders = openFinders();
  const noise = grain(2_400, 70);
  const { width, height } = noise;
  finders.take(noise, { ...WHOLE, width, height });
  const clusters = crossedIn(finders, finders.view(1), 1);
  assert.is(clusters.length, 2_000);
  assert.equal(clusters, clustersOf(noise, 1, PATTERN));
  for (const [each, found] of [
    [20, 31],
    [10, 64],
  ] as const) {
    const sheet = sheetOf(each);
    finders.take(sheet, { ...WHOLE, width: sheet.width, height: sheet.height });
    const spots = finders.spots(finders.view(1), 0.5);
    const levels = clustersOf(sheet, 0.5, PATTERN);
    assert.ok(levels.filter(({ weight }) => weight > 5).length > 150);
    assert.equal(spots, plainSpots(levels, clustersOf(plainTurned(sheet), 0.5, PATTERN), 0.5));
    assert.is(spots.length, found);
  }
});

/** Finders of two pixels a module; of those in the upper rows a quarter is hidden. */
function sheetOf(each: number): Luma {
  const side = 18 * each;
  const luma = Uint8Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [(i % side) >> 1, Math.floor(i / side) >> 1];
    const [u, v] = [(x % 9) - 4, (y % 9) - 4];
    const ring = Math.max(Math.abs(u), Math.abs(v));
    const isHidden = y < 27 && u < 0 && v < 0;
    return !isHidden && ring !== 2 && ring < 4 ? 20 : 200;
  });
  return { luma, width: side, height: side };
}

test('what was seen before changes nothing', () => {
  const { luma } = picture(cells, { width: 101, turn: 7, noise: 30 });
  const { width, height } = luma;
  const found = [0, 255].map((tone) => {
    const finders = openFinders();
    const size = { width: width + 9, height: height + 9 };
    const before = new Uint8Array(size.width * size.height).fill(tone);
    finders.take({ luma: before, ...size }, { ...WHOLE, ...size });
    for (const factor of [2, 3]) finders.spots(finders.view(factor), 1);
    finders.take(luma, { ...WHOLE, width, height });
    return [1, 2, 3, 4, 5].map((factor) => finders.spots(finders.view(factor), 1));
  });
  assert.equal(found[0], found[1]);
});

test('the compiled kernels look at modules as their plain twins do', () => {
  const faint = { width: 150, turn: 5, dark: 127, light: 130, noise: 0 };
  for (const held of [HELD, { ...HELD, inverted: true }, faint]) {
    const { luma, kernel } = taken(held);
    const inverted = 'inverted' in held;
    kernel.target(kernel.view(1), VERSION, inverted);
    kernel.posts().set(postsOf(held));
    const likeness = kernel.begun();
    const warp = kernel.warp();
    assert.ok(warp);
    assert.equal(Array.from(warp), Array.from(plainWarp(postsOf(held), VERSION.size) ?? []));
    const plain = plainLikeness(luma, knownOf(VERSION).some, warp);
    assert.is(likeness, inverted ? -plain : plain);
    for (const sharpen of [0, 0.6]) {
      const modules = kernel.modules(sharpen);
      const off = plainModules(luma, warp, VERSION.size, sharpen, inverted).map((module, i) =>
        Math.abs(module - modules[i]!),
      );
      assert.ok(Math.max(...off) < 1e-6, `${Math.max(...off)}`);
    }
  }
});

test('where next to nothing is seen nothing is alike, in twins as well', () => {
  const { luma, kernel } = taken({ width: 150, dark: 128, light: 128, noise: 0 });
  const posts = postsOf({ width: 150 }).map((at, i) => (i < 8 ? at : 0));
  const { u, v } = knownOf(VERSION).some;
  const [a = 0, , x = 0, , d = 0, y = 0] = plainWarp(posts, VERSION.size) ?? [];
  const dot = Math.floor(y + d * v[40]!) * luma.width + Math.floor(x + a * u[40]!);
  const likenesses = [0, 1, 2, 3].map((more) => {
    // The four pixels about one place that is looked at.
    const seen = luma.luma.slice();
    for (const i of [0, 1, luma.width, luma.width + 1]) seen[dot + i]! += more;
    kernel.take({ ...luma, luma: seen }, { ...WHOLE, width: luma.width, height: luma.height });
    kernel.target(kernel.view(1), VERSION, false);
    kernel.posts().set(posts);
    assert.is(kernel.begun(), plainFit({ ...luma, luma: seen }, VERSION, false).begun(posts));
    return kernel.begun();
  });
  assert.equal(
    likenesses.map((likeness) => likeness !== 0),
    [false, false, true, true],
  );
});

test('what twins see is the brightness between pixels, to a part of a pixel', () => {
  const { luma } = picture(cells, HELD);
  const look = lookThrough(luma, Float64Array.of(100, 0, 101, 0, 90, 87, 0, 0, 0, 0, 0));
  let worst = 0;
  for (let i = 0; i < 2_000; i++) {
    const [u, v] = [Math.fround(Math.cos(i) * 1.2), Math.fround(Math.sin(i * 1.7) * 1.2)];
    worst = Math.max(
      worst,
      Math.abs(look(u, v) + 128 - brightness(luma, 101 + 100 * u, 87 + 90 * v)),
    );
  }
  assert.ok(worst > 0 && worst < 3, `${worst}`);
});

test('the compiled fit begins, ends and clears where its plain twin does, to the bit', () => {
  for (const [held, factor] of [
    [HELD, 1],
    [{ width: 190, turn: 203, lean: 0.1, blur: 3, inverted: true }, 2],
    [{ width: 120, turn: 80, noise: 60 }, 1],
  ] as const) {
    const { luma, kernel } = taken(held);
    const seen = factor === 1 ? luma : plainShrunk(luma, factor);
    const posts = postsOf(held).map((at, i) => (i < 8 ? at / factor : at));
    const fitted = fitsAlike(kernel, kernel.view(factor), seen, 'inverted' in held, posts);
    assert.ok(fitted > 0.5);
    // A guess that is some modules off.
    const guess = posts.map((at, i) => (i < 8 ? at + 9 * (i % 3) : 0));
    fitsAlike(kernel, kernel.view(factor), seen, 'inverted' in held, guess);
  }
  // Where there is no symbol all of the slants, bends and rounds are tried.
  const { luma, kernel } = taken(HELD);
  const next = chance(5);
  for (let i = 0; i < 3; i++) {
    const noise = grain(luma.width, luma.height).luma.map((tone, k) => (tone + luma.luma[k]!) >> 1);
    kernel.take({ ...luma, luma: noise }, { ...WHOLE, width: luma.width, height: luma.height });
    const posts = postsOf(HELD).map((at, k) => (k < 8 ? at + 60 * (next() - 0.5) : 0));
    fitsAlike(kernel, kernel.view(1), { ...luma, luma: noise }, i > 0, posts);
  }
});

/** Begins, fits and clears as the plain twin does; gives how like a symbol what is fitted is. */
function fitsAlike(
  kernel: QrKernel,
  view: View,
  seen: Luma,
  inverted: boolean,
  posts: readonly number[],
): number {
  kernel.target(view, VERSION, inverted);
  const plain = plainFit(seen, VERSION, inverted);
  const compare = (likeness: number, expected: Fit) => {
    assert.is(likeness, expected.likeness);
    assert.equal(Array.from(kernel.posts()), expected.posts);
    return expected;
  };
  kernel.posts().set(posts);
  assert.is(kernel.begun(), plain.begun(posts));
  compare(kernel.fit(1.6), plain.fit(posts, 1.6));
  kernel.posts().set(posts);
  const begun = compare(kernel.begin(), plain.begin(posts));
  const fitted = compare(kernel.fit(0.7), plain.fit(begun.posts, 0.7));
  compare(kernel.clear(0.7), plain.clear(fitted.posts, 0.7));
  return fitted.likeness;
}

test('finders are found at their middles, at half the size too', () => {
  const { kernel } = taken(HELD);
  for (const factor of [1, 2]) {
    const view = kernel.view(factor);
    const shapes = kernel
      .spots(view, 1)
      .map((spot) => kernel.shape(view, spot, 0.8))
      .filter((shape) => shape !== undefined);
    const posts = postsOf(HELD);
    for (const i of [0, 2, 6]) {
      const near = shapes.some(
        ({ x, y }) => Math.hypot(x * factor - posts[i]!, y * factor - posts[i + 1]!) < 5,
      );
      assert.ok(near, `finder ${i / 2} by ${factor}`);
    }
  }
});

test.run();
