import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openZXing } from '../../zxing.ts';
import { type FindingExports, openFinding } from '../finding.ts';
import { planeOf, seenAt } from '../plane.ts';
import { tableOf } from '../qr/known.ts';
import { plainModules } from '../qr/plain-modules.ts';
import { createSightings } from '../sightings.ts';
import { drawn, findsAlike } from '../test/findings.ts';
import { type Cells, code, cornersOf, decoy, type Held, picture } from '../test/picture.ts';
import { sampleAztec } from './aztec.ts';
import { openAztecKernel } from './kernel.ts';
import { BULLSEYE } from './known.ts';
import { layoutOf } from './layout.ts';
import { APART, BULL, bullseyeAt, NEAR } from './plain-bullseye.ts';
import { plainFit } from './plain-fit.ts';

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

test('frames of noise of which none can be read are read together, each held otherwise', () => {
  const frames = [1, 2, 3, 4, 5, 6].map((seed) =>
    picture(
      code('azteccode', TEXT),
      { width: 250, turn: 3 * seed, dark: 90, light: 160, noise: 110 },
      seed,
    ),
  );
  const sightings = createSightings();
  const texts = frames.map(({ luma, box }) => {
    assert.equal(sampleAztec(luma, box, zxing), []);
    sightings.next();
    return sampleAztec(luma, box, zxing, sightings)[0]?.text;
  });
  assert.ok(texts.includes(TEXT));
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

test('the compiled kernels find bullseyes as their plain twins do, to the bit', () => {
  const wasm = new URL('./kernel.wasm', import.meta.url);
  const bulls = openFinding<FindingExports>(wasm, tableOf(BULLSEYE));
  const counts = { clusters: 0, spots: 0, fitted: 0, hopeless: 0 };
  const pattern = { match: bullseyeAt, near: NEAR, apart: APART, fitting: BULL };
  for (const seen of drawn(code('azteccode', TEXT))) {
    findsAlike(bulls, seen, pattern, counts);
  }
  assert.ok(counts.clusters > 1_000 && counts.spots > 100, JSON.stringify(counts));
  assert.ok(counts.fitted > 50 && counts.hopeless > 5, JSON.stringify(counts));
});

test('the compiled fit ends where its plain twin does, to the bit', () => {
  const cells = code('azteccode', TEXT, 'format=full layers=3');
  for (const held of [
    { width: 160, turn: 12, noise: 9 },
    { width: 190, turn: 140, lean: 0.2, blur: 1, inverted: true },
    { width: 150, turn: 230, dark: 119, light: 127, noise: 4 },
  ]) {
    const { luma } = picture(cells, held);
    const { width, height } = luma;
    const kernel = openAztecKernel();
    kernel.take(luma, { x: 0, y: 0, width, height, score: 1, coherence: 0, angle: 0 });
    const layout = layoutOf(false, 3);
    const inverted = 'inverted' in held;
    kernel.target(kernel.view(1), layout, inverted);
    const plain = plainFit(luma, layout, inverted);
    const plane = planeOf(cornersOf(cells, held));
    assert.ok(plane);
    const [middle, right, below] = [
      seenAt(plane, 0.5, 0.5),
      seenAt(plane, 1, 0.5),
      seenAt(plane, 0.5, 1),
    ];
    const across = [right.x - middle.x, below.x - middle.x, middle.x + 1];
    const down = [right.y - middle.y, below.y - middle.y, middle.y - 1];
    let warp: readonly number[] = [...across, ...down, 0, 0, 0.02, -0.03, 0];
    kernel.warp().set(warp);
    const before = kernel.like(true);
    // As it grows: the core, and all of it.
    for (const [side, step, rounds] of [
      [15, 0.35, 4],
      [19, 0.35, 4],
      [layout.size, 0.3, 10],
    ] as const) {
      assert.is(kernel.like(false), plain.like(warp, false));
      assert.is(kernel.like(true), plain.like(warp, true));
      const expected = plain.fit(warp, side, step, rounds);
      assert.is(kernel.fit(side, step, rounds), expected.likeness);
      warp = Array.from(kernel.warp());
      assert.equal(warp, expected.warp);
    }
    assert.ok(kernel.like(true) > before && kernel.like(true) > 0.5, `${kernel.like(true)}`);
    // A slant that is hardly borne, and a bend, which it gets rid of.
    warp = warp.map((one, i) => [one, 0.5, 0.18, 0.12, -0.1, 0][Math.max(0, i - 5)]!);
    kernel.warp().set(warp);
    const expected = plain.fit(warp, 19, 1.5, 12);
    assert.is(kernel.fit(19, 1.5, 12), expected.likeness);
    assert.equal(Array.from(kernel.warp()), expected.warp);
    const modules = kernel.modules(kernel.view(1), layout.size, 1.4, inverted);
    const off = plainModules(luma, kernel.warp(), layout.size, 1.4, inverted).map((module, i) =>
      Math.abs(module - modules[i]!),
    );
    assert.ok(Math.max(...off) < 1e-6, `${Math.max(...off)}`);
  }
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
