import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { code } from '../test/picture.ts';
import { DARK, LAYERS_MOST, LIGHT, layoutOf } from './layout.ts';
import { modesOf } from './mode.ts';
import { correctedWords } from './words.ts';

/** The modules of a symbol as another maker draws it: 1 dark, -1 light. */
function modulesOf(options: string): { modules: Float32Array; size: number } {
  const cells = code('azteccode', 'R7ZHSBQGV0NP', options);
  const size = cells.columns;
  const at = (i: number) => (i + 0.5) / size;
  const modules = Float32Array.from({ length: size * size }, (_, place) =>
    cells.dark(at(place % size), at(Math.floor(place / size))) ? 1 : -1,
  );
  return { modules, size };
}

const SIZES = [
  ...Array.from({ length: 3 }, (_, i) => [true, i + 2] as const),
  ...Array.from({ length: LAYERS_MOST - 1 }, (_, i) => [false, i + 2] as const),
];

test('known modules of every size are where another maker puts them', () => {
  for (const [compact, layers] of SIZES) {
    const { modules, size } = modulesOf(`format=${compact ? 'compact' : 'full'} layers=${layers}`);
    const layout = layoutOf(compact, layers);
    assert.is(layout.size, size);
    layout.known.forEach((use, place) => {
      if (use === DARK || use === LIGHT) assert.is(modules[place]! > 0, use === DARK);
    });
  }
});

test('the mode message of every size is read at each turn, and its words need no correction', () => {
  for (const [compact, layers] of SIZES) {
    const { modules, size } = modulesOf(`format=${compact ? 'compact' : 'full'} layers=${layers}`);
    const reach = compact ? 5 : 7;
    const wide = 2 * reach + 1;
    const middle = size >> 1;
    for (let turn = 0; turn < 4; turn++) {
      const core = new Float32Array(wide * wide);
      for (let place = 0; place < core.length; place++) {
        let dx = (place % wide) - reach;
        let dy = Math.floor(place / wide) - reach;
        const from = modules[(middle + dy) * size + middle + dx]!;
        for (let i = 0; i < turn; i++) [dx, dy] = [-dy, dx];
        core[(reach + dy) * wide + reach + dx] = from;
      }
      const [mode] = modesOf(core, compact, [0, 1, 2, 3], 0.5);
      assert.equal([mode?.layers, mode?.turn, mode?.score], [layers, turn, 1]);
      if (turn > 0 || !mode) continue;
      assert.ok(correctedWords(modules, layoutOf(compact, layers), mode.data), `${layers} layers`);
    }
  }
});

test.run();
