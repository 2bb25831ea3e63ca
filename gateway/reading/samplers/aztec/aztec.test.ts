import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openZXing } from '../../zxing.ts';
import { planeOf, seenAt } from '../plane.ts';
import { plainLikeness } from '../qr/plain.ts';
import { type Cells, code, cornersOf, decoy, type Held, picture } from '../test/picture.ts';
import { sampleAztec } from './aztec.ts';
import { openAztecKernel } from './kernel.ts';
import { knownOf } from './known.ts';
import { layoutOf } from './layout.ts';

const TEXT = 'R7ZHSBQGV0NP3EB48';
const LONG = 'UT01 letters, digits 0123456789 and Punctuation: all of these; in 4 sizes!';
const zxing = await openZXing();

function read(cells: Cells, held: Held) {
  const { luma, box } = picture(cells, held);
  return sampleAztec(luma, box, zxing);
}

test('a symbol is read at any angle, light on dark as well, with its corners', () => {
  const cells = code('azteccode', TEXT);
  for (const turn of [0, 28, 45, 90, 161, 245]) {
    const held = { width: 200, turn, inverted: turn % 2 === 1 };
    const reads = read(cells, held);
    assert.equal(
      reads.map(({ text, symbology }) => [text, symbology]),
      [[TEXT, 'Aztec']],
      `turned by ${turn}`,
    );
    const corners = cornersOf(cells, held);
    reads[0]?.corners.forEach(({ x, y }, i) => {
      const corner = corners[i] as { x: number; y: number };
      assert.ok(Math.hypot(x - corner.x, y - corner.y) < 8, `corner ${i} at ${turn}`);
    });
  }
});

test('compact and full symbols of any size are read, with reference lines and words of any bits', () => {
  for (const [text, options] of [
    ['TICKET', 'format=compact layers=1'],
    [TEXT, 'format=compact layers=2'],
    [TEXT, 'format=compact layers=4'],
    [TEXT, 'format=full layers=2'],
    [LONG, 'format=full layers=5'],
    [LONG, 'format=full layers=9'],
  ] as const) {
    const cells = code('azteccode', text, options);
    const held = { width: 7 * cells.columns, turn: 4, noise: 6 };
    assert.is(read(cells, held)[0]?.text, text, options);
  }
});

test('a symbol is read seen at a slant, blurred, faint, in noise and small', () => {
  const cells = code('azteccode', TEXT);
  const hard: Held[] = [
    { width: 260, turn: 20, lean: 0.25 },
    { width: 230, turn: -12, blur: 3 },
    { width: 240, turn: 5, dark: 100, light: 116, noise: 2 },
    { width: 250, noise: 45 },
    { width: 76, turn: 8 },
  ];
  for (const held of hard) assert.is(read(cells, held)[0]?.text, TEXT, JSON.stringify(held));
});

test('a symbol of which a finger hides a corner is read by what it shows', () => {
  const cells = code('azteccode', TEXT);
  for (const [u, v] of [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ] as const) {
    const dark = (x: number, y: number) => Math.hypot(x - u, y - v) > 0.33 && cells.dark(x, y);
    const [one] = read({ ...cells, dark }, { width: 220, turn: 16, lean: 0.1 });
    assert.is(one?.text, TEXT, `hidden at ${u}, ${v}`);
  }
});

test('the compiled fit ends where the plain likeness is greater than before', () => {
  const cells = code('azteccode', TEXT, 'format=full layers=3');
  const held = { width: 160, turn: 12, noise: 9 };
  const { luma } = picture(cells, held);
  const { width, height } = luma;
  const kernel = openAztecKernel();
  kernel.take(luma, { x: 0, y: 0, width, height, score: 1, coherence: 0, angle: 0 });
  const layout = layoutOf(false, 3);
  kernel.target(kernel.view(1), layout, false);
  const plane = planeOf(cornersOf(cells, held));
  assert.ok(plane);
  const [middle, right, below] = [
    seenAt(plane, 0.5, 0.5),
    seenAt(plane, 1, 0.5),
    seenAt(plane, 0.5, 1),
  ];
  const across = [right.x - middle.x, below.x - middle.x, middle.x + 1];
  const down = [right.y - middle.y, below.y - middle.y, middle.y - 1];
  kernel.warp().set([...across, ...down, 0, 0, 0.02, -0.03, 0]);
  const before = kernel.like(true);
  const after = kernel.fit(layout.size, 0.3, 10);
  const plain = plainLikeness(luma, knownOf(layout).all, kernel.warp());
  assert.ok(Math.abs(after - plain) < 1e-3, `${after} and ${plain}`);
  assert.ok(after > before && after > 0.9, `${before} -> ${after}`);
});

test('neither noise, nor modules that mean nothing, nor other codes are read', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { luma, box } = decoy(seed);
    assert.equal(sampleAztec(luma, box, zxing), [], `decoy ${seed}`);
  }
  for (const other of ['qrcode', 'datamatrix', 'pdf417']) {
    assert.equal(read(code(other, TEXT), { width: 220, turn: 12 }), [], other);
  }
});

test.run();
