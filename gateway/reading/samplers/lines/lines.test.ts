import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chance, code, picture } from '../test/picture.ts';
import { EDGES_MAX, LINE_MAX, openLines } from './lines.ts';
import { plainLines } from './plain.ts';

const { luma, box } = picture(code('code128', 'abc123456DEF'), { width: 300, turn: 20, lean: 0.2 });

test('the compiled kernels and their plain twins give the same to the bit', () => {
  const [wasm, plain] = [openLines(), plainLines()];
  for (const around of [0, 7, 1_000]) {
    for (const lines of [wasm, plain]) lines.look(luma, box, around);
    assert.equal(wasm.angles(box), plain.angles(box));
    for (const [turn, least] of [
      [0.35, 0.4],
      [1.9, 0],
      [0.3, 2],
    ] as const) {
      const across = { x: Math.cos(turn), y: Math.sin(turn) };
      const down = { x: -1.3 * across.y, y: 1.3 * across.x };
      const from = { x: box.x + 3.2, y: box.y + 61.7 };
      for (const count of [60, 131, 300]) {
        const band = wasm.band(from, across, down, count, least);
        assert.equal(band, plain.band(from, across, down, count, least));
      }
    }
  }
  const next = chance(4);
  for (const count of [17, 56, 60]) {
    const shares = Float32Array.from({ length: count }, () => next()).sort();
    for (const lines of [wasm, plain]) lines.edges(shares);
    for (const modules of [95, 101.5]) {
      assert.equal(wasm.fit(modules, 0.02, -17, 25), plain.fit(modules, 0.02, -17, 25));
    }
  }
});

test('the kernels bear the longest line, the most edges and a box outside the picture', () => {
  const lines = openLines();
  lines.look(luma, { ...box, x: 5_000, y: -400 }, 3);
  lines.angles({ ...box, x: 5_000, y: -400 });
  const band = lines.band({ x: -9_000, y: 9_000 }, { x: 1, y: 0 }, { x: 0, y: 3 }, LINE_MAX, 0);
  assert.is(band.values.length, LINE_MAX);
  // What is beyond the most is not looked at; all others are on a module's edge.
  lines.edges(new Float32Array(EDGES_MAX + 9).fill(0.5, EDGES_MAX));
  assert.is(lines.fit(3, 0.1, 0, 0).fitting, 1);
});

test.run();
