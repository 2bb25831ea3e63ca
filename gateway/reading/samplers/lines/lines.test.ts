import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planeOf } from '../plane.ts';
import { chance, code, cornersOf, picture } from '../test/picture.ts';
import { turn } from '../turned.ts';
import { openLines } from './lines.ts';
import { EDGES_MAX } from './memory.ts';
import { plainLines } from './plain.ts';
import { LINE_MAX } from './view.ts';

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

test('the compiled kernels find the guards that their plain twins do', () => {
  const [wasm, plain] = [openLines(), plainLines()];
  for (const [angle, held] of [
    [0.02, { width: 300, dark: 100, light: 116, noise: 3 }],
    [0.45, { width: 220, turn: 24, inverted: true, noise: 12 }],
    [Math.PI / 2, { width: 160, turn: 271 }],
  ] as const) {
    const { luma, box } = picture(code('pdf417', 'R7ZHSBQGV0NP3EB48', 'columns=3'), held);
    const view = turn(luma, box, angle);
    for (const lines of [wasm, plain]) lines.look(luma, box, 200);
    const [made, expected] = [wasm.turn(view), plain.turn(view)];
    for (const [taps, step] of [
      [2, 2],
      [7, 3],
    ] as const) {
      const hits = wasm.guards(made, taps, step, taps > 2).slice();
      const wanted = plain.guards(expected, taps, step, taps > 2);
      assert.is(hits.length, wanted.length);
      assert.ok(hits.length > 40);
    }
  }
});

test('the compiled kernels lay flat and find waves as their plain twins do', () => {
  const [wasm, plain] = [openLines(), plainLines()];
  const held = { width: 260, turn: 12, lean: 0.2 };
  const cells = code('pdf417', 'R7ZHSBQGV0NP3EB48', 'columns=2');
  const { luma, box } = picture(cells, held);
  const plane = planeOf(cornersOf(cells, held))!;
  for (const lines of [wasm, plain]) lines.look(luma, { ...box, x: box.x + 9 }, 2);
  for (const [columns, height] of [
    [301, 60],
    [96, 41],
  ] as const) {
    const [made, wanted] = [wasm, plain].map((lines) => lines.flatten(plane, columns, height));
    assert.equal(wasm.values(made!), plain.values(wanted!));
    assert.equal(wasm.sums(made!, 3, 30), plain.sums(wanted!, 3, 30));
    const begins = [0, 17, 40, 40, 77, columns];
    const steps = wasm.steps(made!, 3, begins, 9);
    const expected = plain.steps(wanted!, 3, begins, 9);
    for (const length of [5.3, 11]) {
      const wave = wasm.waves(steps, length);
      const other = plain.waves(expected, length);
      assert.equal([wave.cos, wave.sin], [other.cos, other.sin]);
      assert.ok(other.power > 0 && Math.abs(wave.power / other.power - 1) < 1e-4);
    }
  }
});

test('the kernels bear the longest line, the most edges and a box outside the picture', () => {
  const lines = openLines();
  lines.look(luma, { ...box, x: 5_000, y: -400 }, 3);
  lines.angles({ ...box, x: 5_000, y: -400 });
  const band = lines.band({ x: -9_000, y: 9_000 }, { x: 1, y: 0 }, { x: 0, y: 3 }, LINE_MAX, 0);
  assert.is(band.values.length, LINE_MAX);
  const nowhere = new Float64Array(8).fill(Number.NaN);
  assert.is(lines.values(lines.flatten(nowhere, 9, 3)).length, 48);
  // What is beyond the most is not looked at; all others are on a module's edge.
  lines.edges(new Float32Array(EDGES_MAX + 9).fill(0.5, EDGES_MAX));
  assert.is(lines.fit(3, 0.1, 0, 0).fitting, 1);
});

test.run();
