import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Luma } from '../../luma.ts';
import type { View } from '../qr/view.ts';
import { drawn } from '../test/findings.ts';
import { code, type Held, picture } from '../test/picture.ts';
import { openMatrixKernel } from './kernel.ts';
import { LAYOUTS } from './layout.ts';
import { plainEdges } from './plain-edges.ts';
import { plainLines, type Side } from './plain-lines.ts';
import { plainQuads } from './plain-quads.ts';

const SIDE_FIGURES = 8;
const RUN = 448;
/** Larger views are left out: they have as much in them as smaller ones. */
const VIEW_MOST = 140;

const kernel = openMatrixKernel();
const { kernels } = kernel;
const at = kernel.placesOf(['PLACES', 'SIDES', 'RUNS']);

function placesSeen(count: number) {
  const floats = new Float32Array(kernels.memory.buffer, at.PLACES, 3 * count);
  const ways = new Int32Array(kernels.memory.buffer, at.PLACES, 3 * count);
  return Array.from({ length: count }, (_, i) => {
    return { x: floats[3 * i]!, y: floats[3 * i + 1]!, way: ways[3 * i + 2]! };
  });
}

function sidesSeen(count: number): Side[] {
  return Array.from({ length: count }, (_, i) => {
    const from = at.SIDES + 8 * SIDE_FIGURES * i;
    const [nx, ny, far, on, first, last] = new Float64Array(kernels.memory.buffer, from, 6);
    const run = new Uint8Array(kernels.memory.buffer, at.RUNS + RUN * i, RUN).slice();
    return { nx: nx!, ny: ny!, far: far!, on: on!, first: first!, last: last!, run };
  });
}

const counts = { places: 0, sides: 0, quads: 0, inverted: 0 };

/** Asserts that a view's edges, straight edges and quads are found alike. */
function seenAlike(view: View): void {
  const { width, height } = view;
  const luma: Luma = { luma: kernel.pixels(view).slice(), width, height };
  const places = plainEdges(luma);
  assert.equal(placesSeen(kernels.edges(view.at, width, height)), places);
  const sides = plainLines(places);
  assert.equal(sidesSeen(kernels.lines(places.length)), sides);
  const quads = plainQuads(luma, sides).map(({ corners, sign, size, likeness }) => {
    const layout = LAYOUTS[size]!;
    return { corners: Float64Array.from(corners), inverted: sign < 0, layout, likeness };
  });
  const likeliest = quads.sort((a, b) => b.likeness - a.likeness);
  assert.equal(kernel.quads(view), likeliest);
  counts.places += places.length;
  counts.sides += sides.length;
  counts.quads += quads.length;
  counts.inverted += quads.filter(({ inverted }) => inverted).length;
}

test('the compiled kernels find edges, straight ones and quads as their twins do, to the bit', () => {
  const cells = code('datamatrix', 'R7ZHSBQGV0NP3EB48');
  const hidden = {
    ...cells,
    dark: (u: number, v: number) => Math.hypot(u - 0.2, v) > 0.3 && cells.dark(u, v),
  };
  const held: Held[] = [
    { width: 100, turn: 31, lean: 0.3, inverted: true },
    { width: 180, turn: 200, blur: 2, noise: 12 },
  ];
  const seen = [...drawn(cells), ...held.map((one) => picture(hidden, one).luma)];
  for (const one of seen) {
    const { width, height } = one;
    kernel.take(one, { x: 0, y: 0, width, height, score: 1, coherence: 0, angle: 0 });
    for (const factor of [1, 2, 3]) {
      const view = kernel.view(factor);
      if (Math.max(view.width, view.height) <= VIEW_MOST) seenAlike(view);
    }
  }
  assert.ok(counts.places > 10_000 && counts.sides > 300, JSON.stringify(counts));
  assert.ok(counts.quads > 40 && counts.inverted > 5, JSON.stringify(counts));
});

test.run();
