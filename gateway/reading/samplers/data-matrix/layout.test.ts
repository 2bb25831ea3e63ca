import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { code } from '../test/picture.ts';
import { DARK, LAYOUTS, type Layout, LIGHT } from './layout.ts';
import { correctedWords, symbolOf } from './words.ts';

/** The modules of a symbol as another maker draws it: 1 dark, -1 light. */
function modulesOf({ size, data }: Layout): Float32Array {
  const text = 'R7ZHSBQGV0NP'.slice(0, data);
  const cells = code('datamatrix', text, `version=${size}x${size}`);
  assert.is(cells.columns, size);
  const at = (i: number) => (i + 0.5) / size;
  return Float32Array.from({ length: size * size }, (_, place) =>
    cells.dark(at(place % size), at(Math.floor(place / size))) ? 1 : -1,
  );
}

test('known modules of every size are where another maker puts them, all others hold words', () => {
  for (const layout of LAYOUTS) {
    const modules = modulesOf(layout);
    const held = new Set(layout.order);
    assert.is(held.size, layout.order.length);
    layout.known.forEach((use, place) => {
      if (use === DARK || use === LIGHT) assert.is(modules[place]! > 0, use === DARK);
      assert.is(held.has(place), use === 0, `${layout.size}: ${place}`);
    });
  }
});

test('words of every size are corrected where modules are wrong or unsure, and drawn as they were', () => {
  for (const layout of LAYOUTS) {
    const { size, data, checks, order } = layout;
    const modules = modulesOf(layout);
    assert.is(order.length, 8 * (data + checks));
    const meant = correctedWords(modules, layout);
    assert.ok(meant, `${size}`);
    // What a finger hides: words in a row, as many as leave enough to be certain.
    const hidden = Math.max(0, Math.floor(checks * 0.4) - 2);
    const worse = modules.slice();
    for (let i = 0; i < 8 * hidden; i++) worse[order[i]!] = i % 3 === 0 ? 0.05 : -0.05;
    assert.equal(correctedWords(worse, layout), meant, `${size}`);
    const { luma, width } = symbolOf(meant, layout);
    const px = width / (size + 4);
    const middle = (i: number) => Math.floor((i + 2.5) * px);
    modules.forEach((module, place) => {
      const at = middle(Math.floor(place / size)) * width + middle(place % size);
      assert.is(luma[at]! < 128, module > 0);
    });
  }
});

test('words of chance are none', () => {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  for (const layout of LAYOUTS) {
    for (let i = 0; i < 20; i++) {
      const modules = Float32Array.from({ length: layout.size ** 2 }, next);
      assert.is(correctedWords(modules, layout), undefined, `${layout.size}`);
    }
  }
});

test.run();
