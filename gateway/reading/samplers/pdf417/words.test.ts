import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chance } from '../test/picture.ts';
import { PATTERNS, WORDS } from './clusters.ts';
import { words } from './words.ts';

/** The correlation of a cell with a pattern, dark being 1. */
function likeness(cell: Float32Array, pattern: number): number {
  const dark = Array.from(cell, (_, m) => (pattern >> (16 - m)) & 1);
  const share = dark.reduce((a, b) => a + b) / 17;
  const mean = cell.reduce((a, b) => a + b) / 17;
  let [both, a, b] = [0, 0, 0];
  cell.forEach((value, m) => {
    both += (mean - value) * (dark[m]! - share);
    a += (mean - value) ** 2;
    b += (dark[m]! - share) ** 2;
  });
  return both / Math.sqrt(a * b);
}

test('the compiled search finds the words that all correlations do', () => {
  const next = chance(7);
  const [rows, columns] = [9, 2];
  const kernel = words();
  for (const noise of [0.2, 0.9, 40]) {
    for (const phase of [0, 1, 2]) {
      const values = new Float32Array(rows * columns * 17);
      for (let i = 0; i < rows * columns; i++) {
        const cluster = (Math.floor(i / columns) + phase) % 3;
        const pattern = PATTERNS[cluster * WORDS + Math.floor(next() * WORDS)]!;
        for (let m = 0; m < 17; m++) {
          values[17 * i + m] = 3 - ((pattern >> (16 - m)) & 1) + noise * (next() - 0.5);
        }
      }
      kernel.take({ values, rows, columns });
      for (let column = 0; column < columns; column++) {
        const found = kernel.column(column);
        if (noise < 1) assert.is(found.phase, phase);
        found.matches.forEach((match, row) => {
          const at = 17 * (row * columns + column);
          const cluster = ((row + found.phase) % 3) * WORDS;
          const all = Array.from(PATTERNS.subarray(cluster, cluster + WORDS), (pattern, word) => {
            return { word, likeness: likeness(values.subarray(at, at + 17), pattern) };
          });
          all.sort((a, b) => b.likeness - a.likeness);
          const [best, second] = all as [(typeof all)[0], (typeof all)[0]];
          assert.ok(Math.abs(match.likeness - best.likeness) < 0.001);
          assert.ok(Math.abs(match.lead - (best.likeness - second.likeness)) < 0.002);
          if (best.likeness - second.likeness > 0.002) assert.is(match.word, best.word);
        });
      }
    }
  }
});

test('a cell that is all alike has no word', () => {
  words().take({ values: new Float32Array(17 * 3).fill(4), rows: 3, columns: 1 });
  for (const { likeness } of words().column(0).matches) assert.is(likeness, 0);
});

test.run();
