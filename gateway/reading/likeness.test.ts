import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Box } from './box.ts';
import { isShapely, likenessOf, possibleIn } from './likeness.ts';

const at = (width: number, height: number, coherence: number): Box => {
  const elongation = Math.max(width, height) / Math.min(width, height);
  return { x: 0, y: 0, width, height, score: 9, coherence, angle: 0, elongation };
};

test('how alike a place’s edges are and how long it is tell what it looks like', () => {
  assert.is(likenessOf(at(200, 200, 0.05)), 'modules');
  assert.is(likenessOf(at(300, 120, 0.5)), 'stacked');
  assert.is(likenessOf(at(300, 120, 0.95)), 'bars');
  assert.is(likenessOf(at(200, 190, 0.3)), 'modules', 'modules that blur has smeared');
  assert.is(likenessOf(at(400, 130, 0.3)), 'stacked', 'long ones are bars all the same');
});

test('a place has a code’s proportions where its sides hold as many modules as codes have', () => {
  const sides: [Box, number, boolean][] = [
    [at(250, 250, 0.05), 10, true],
    [at(250, 250, 0.05), 24, false],
    [at(600, 600, 0.05), 8, false],
    [at(400, 200, 0.5), 5, true],
    [at(200, 120, 0.5), 10, false],
    [at(300, 150, 0.95), 4, true],
    [at(300, 250, 0.95), 4, false],
  ];
  for (const [box, module, is] of sides) assert.is(isShapely(box, module), is, `${box.width}`);
});

test('formats are left out only where a place is surely square or surely long', () => {
  const formats = ['QRCode', 'PDF417', 'Code128'];
  assert.equal(possibleIn(at(200, 200, 0.02), formats), ['QRCode']);
  assert.equal(possibleIn(at(300, 100, 0.9), formats), ['PDF417', 'Code128']);
  assert.equal(possibleIn(at(240, 200, 0.4), formats), formats);
  assert.equal(possibleIn(at(200, 200, 0.02), ['PDF417']), ['PDF417'], 'none left is none told');
});

test.run();
