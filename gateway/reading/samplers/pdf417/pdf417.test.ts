import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { code, cornersOf, decoy, type Held, picture } from '../test/picture.ts';
import { samplePdf417, samplePdf417Quick } from './pdf417.ts';

const TEXT = 'R7ZHSBQGV0NP3EB48';

function read(text: string, held: Held, options = 'columns=3 eclevel=3') {
  const cells = code('pdf417', text, options);
  const { luma, box } = picture(cells, held);
  return { reads: samplePdf417(luma, box), corners: cornersOf(cells, held) };
}

test('a symbol is read at any angle, light on dark as well, with its corners', () => {
  for (const turn of [0, 33, 90, 147, 251]) {
    const { reads, corners } = read(TEXT, { width: 360, turn, inverted: turn % 2 === 1 });
    assert.equal(
      reads.map(({ text, symbology }) => [text, symbology]),
      [[TEXT, 'PDF417']],
      `turned by ${turn}`,
    );
    reads[0]?.corners.forEach(({ x, y }, i) => {
      const corner = corners[i] as { x: number; y: number };
      assert.ok(Math.hypot(x - corner.x, y - corner.y) < 8, `corner ${i} at ${turn}`);
    });
  }
});

test('a symbol is read seen at a slant, blurred, faint, in noise and small', () => {
  const hard: Held[] = [
    { width: 400, turn: 20, lean: 0.25 },
    { width: 420, turn: -12, blur: 2 },
    { width: 380, turn: 5, dark: 100, light: 116, noise: 2 },
    { width: 400, noise: 35 },
    { width: 190, turn: 8 },
  ];
  for (const held of hard) {
    const { reads } = read(TEXT, held);
    assert.equal(
      reads.map(({ text }) => text),
      [TEXT],
      JSON.stringify(held),
    );
  }
});

test('a first look reads what is clear, and nothing where nothing is', () => {
  for (const held of [
    { width: 360, turn: 33 },
    { width: 300, turn: 190, inverted: true },
  ]) {
    const { luma, box } = picture(code('pdf417', TEXT, 'columns=3 eclevel=3'), held);
    assert.is(samplePdf417Quick(luma, box)[0]?.text, TEXT);
  }
  for (let seed = 1; seed <= 20; seed++) {
    const { luma, box } = decoy(seed);
    assert.equal(samplePdf417Quick(luma, box), []);
  }
});

test('letters, digits, bytes and UTF-8 come out as they went in', () => {
  const texts = [
    'Mixed: lower, UPPER; 12,5 % (a_b) [c] {d}~',
    '0123456789012345678901234567890123456789',
    'a1B2c3D4-e5F6_g7H8',
  ];
  for (const text of texts) {
    const { reads } = read(text, { width: 560 }, 'columns=5 eclevel=2');
    assert.is(reads[0]?.text, text);
  }
  const bytes = read('Z\u00fcrich \u20ac', { width: 500 }, 'columns=4 eclevel=2').reads;
  assert.is(bytes[0]?.text, 'Z\u00fcrich \u20ac');
});

test('neither noise nor bars that mean nothing are read', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { luma, box } = decoy(seed);
    assert.equal(samplePdf417(luma, box), [], `decoy ${seed}`);
  }
});

test.run();
