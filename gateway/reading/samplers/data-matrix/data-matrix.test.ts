import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openZXing } from '../../zxing.ts';
import { grain } from '../test/findings.ts';
import { type Cells, code, cornersOf, decoy, type Held, picture } from '../test/picture.ts';
import { sampleDataMatrix } from './data-matrix.ts';

const TEXT = 'R7ZHSBQGV0NP3EB48';
const zxing = await openZXing();

function read(cells: Cells, held: Held, seed?: number) {
  const { luma, box } = picture(cells, held, seed);
  return sampleDataMatrix(luma, box, zxing);
}

test('a symbol is read at any angle, light on dark as well, with its corners', () => {
  const cells = code('datamatrix', TEXT);
  for (const turn of [0, 28, 45, 90, 161, 245]) {
    const held = { width: 200, turn, inverted: turn % 2 === 1 };
    const reads = read(cells, held);
    assert.equal(
      reads.map(({ text, symbology }) => [text, symbology]),
      [[TEXT, 'DataMatrix']],
      `turned by ${turn}`,
    );
    const corners = cornersOf(cells, held);
    reads[0]?.corners.forEach(({ x, y }, i) => {
      const corner = corners[i] as { x: number; y: number };
      assert.ok(Math.hypot(x - corner.x, y - corner.y) < 8, `corner ${i} at ${turn}`);
    });
  }
});

test('square symbols of any size are read, of four regions as well', () => {
  for (const size of [12, 14, 16, 18, 20, 22, 24, 26, 32, 36, 40]) {
    const text = size < 18 ? '123456' : TEXT;
    const cells = code('datamatrix', text, `version=${size}x${size}`);
    const held = { width: 9 * cells.columns, turn: 4, noise: 6 };
    assert.is(read(cells, held)[0]?.text, text, `${size}`);
  }
});

test('a symbol is read seen at a slant, blurred, faint, in noise and small', () => {
  const cells = code('datamatrix', TEXT);
  const hard: Held[] = [
    { width: 260, turn: 20, lean: 0.25 },
    { width: 230, turn: -12, blur: 5 },
    { width: 240, turn: 5, dark: 100, light: 116, noise: 2 },
    { width: 250, turn: 33, noise: 45 },
    { width: 90, turn: 8 },
  ];
  for (const held of hard) assert.is(read(cells, held)[0]?.text, TEXT, JSON.stringify(held));
});

test('a symbol of which a finger hides a corner or half a side is read by what it shows', () => {
  const cells = code('datamatrix', TEXT);
  for (const [u, v, part] of [
    [0, 0, 0.25],
    [1, 0, 0.25],
    [1, 1, 0.17],
    [0, 1, 0.25],
    [0.5, 1.1, 0.2],
    [-0.1, 0.4, 0.22],
    [1.1, 0.6, 0.25],
  ] as const) {
    const dark = (x: number, y: number) => Math.hypot(x - u, y - v) > part && cells.dark(x, y);
    const [one] = read({ ...cells, dark }, { width: 220, turn: 16, lean: 0.1 });
    assert.is(one?.text, TEXT, `hidden at ${u}, ${v}`);
  }
});

test('neither noise, nor modules that mean nothing, nor other codes, nor next to nothing are read', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { luma, box } = decoy(seed);
    assert.equal(sampleDataMatrix(luma, box, zxing), [], `decoy ${seed}`);
  }
  for (const other of ['qrcode', 'azteccode', 'pdf417', 'code128']) {
    assert.equal(read(code(other, TEXT), { width: 220, turn: 12 }), [], other);
  }
  for (const [width, height] of [
    [1, 1],
    [3, 2],
    [40, 3],
    [17, 90],
    [700, 620],
  ] as const) {
    const box = { x: 0, y: 0, width, height, score: 1, coherence: 0, angle: 0 };
    assert.equal(sampleDataMatrix(grain(width, height), box, zxing), [], `${width} × ${height}`);
  }
});

test.run();
