import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planeOf, seenAt } from '../plane.ts';
import { shrink } from '../shrink.ts';
import { code, cornersOf, type Held, picture } from '../test/picture.ts';
import { openQrKernel } from './kernel.ts';
import { knownOf } from './known.ts';
import { plainLikeness, plainModules } from './plain.ts';
import { versionOf } from './version.ts';

const TEXT = 'R7ZHSBQGV0NP3EB48';
const VERSION = versionOf(3);
const HELD: Held = { width: 150, turn: 12, lean: 0.2, noise: 9 };
const cells = code('qrcode', TEXT, 'version=3 eclevel=M');

function taken(held: Held) {
  const { luma } = picture(cells, held);
  const kernel = openQrKernel();
  const { width, height } = luma;
  const whole = { x: 0, y: 0, width, height, score: 1, coherence: 0, angle: 0 };
  kernel.take(luma, whole);
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

test('the compiled kernels look at modules as their plain twins do', () => {
  const { luma, kernel } = taken(HELD);
  kernel.target(kernel.view(1), VERSION, false);
  kernel.posts().set(postsOf(HELD));
  const likeness = kernel.begun();
  const warp = kernel.warp();
  assert.ok(warp);
  assert.ok(Math.abs(likeness - plainLikeness(luma, knownOf(VERSION).some, warp)) < 1e-3);
  const modules = kernel.modules(0.6);
  const plain = plainModules(luma, warp, VERSION.size, 0.6);
  const off = plain.map((module, i) => Math.abs(module - modules[i]!));
  assert.ok(Math.max(...off) < 0.02, `${Math.max(...off)}`);
});

test('the compiled fit ends where the plain likeness is greater than before', () => {
  const { luma, kernel } = taken(HELD);
  kernel.target(kernel.view(1), VERSION, false);
  kernel.posts().set(postsOf(HELD));
  const before = kernel.begun();
  const after = kernel.fit(0.7);
  const warp = kernel.warp();
  assert.ok(warp);
  assert.ok(Math.abs(after - plainLikeness(luma, knownOf(VERSION).all, warp)) < 1e-3);
  assert.ok(after > before && after > 0.9, `${before} -> ${after}`);
});

test('smaller views are the means of squares, as in the plain twin', () => {
  const { luma, kernel } = taken(HELD);
  const { width, height } = luma;
  const whole = { x: 0, y: 0, width, height, score: 1, coherence: 0, angle: 0 };
  for (const factor of [2, 3, 5]) {
    const view = kernel.view(factor);
    assert.equal(kernel.pixels(view), shrink(luma, whole, 0, factor).picture.luma);
  }
});

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
