import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createSightings } from '../sightings.ts';
import { code, cornersOf, decoy, type Held, picture } from '../test/picture.ts';
import { equalised } from './equalise.ts';
import { sampleQr, sampleQrQuick } from './qr.ts';
import { textOf } from './text.ts';
import { versionOf } from './version.ts';

const TEXT = 'R7ZHSBQGV0NP3EB48';

function read(text: string, held: Held, options = '') {
  const cells = code('qrcode', text, options);
  const { luma, box } = picture(cells, held);
  return { reads: sampleQr(luma, box), corners: cornersOf(cells, held) };
}

test('a symbol is read at any angle, light on dark as well, with its corners', () => {
  for (const turn of [0, 28, 90, 161, 245]) {
    const { reads, corners } = read(TEXT, { width: 200, turn, inverted: turn % 2 === 1 });
    assert.equal(
      reads.map(({ text, symbology }) => [text, symbology]),
      [[TEXT, 'QRCode']],
      `turned by ${turn}`,
    );
    reads[0]?.corners.forEach(({ x, y }, i) => {
      const corner = corners[i] as { x: number; y: number };
      assert.ok(Math.hypot(x - corner.x, y - corner.y) < 8, `corner ${i} at ${turn}`);
    });
  }
});

test('a large symbol is read askew, where level lines make its finders look larger', () => {
  const { reads } = read(TEXT, { width: 260, turn: 44 }, 'version=8');
  assert.is(reads[0]?.text, TEXT);
});

test('every level of some versions is read, in one block and in many', () => {
  for (const [version, levels] of [
    [1, 'LMQH'],
    [4, 'LQ'],
    [5, 'MH'],
    [7, 'Q'],
    [11, 'LH'],
  ] as const) {
    for (const level of levels) {
      const options = `version=${version} eclevel=${level}`;
      const { reads } = read('12345', { width: 8 * (17 + 4 * version) * 0.6, turn: 4 }, options);
      assert.is(reads[0]?.text, '12345', options);
    }
  }
});

test('digits, letters, bytes and UTF-8 come out as they went in', () => {
  const texts = ['0012345678901234', 'HTTPS://A.B/C-9 $%*+', 'a1B2c3', 'Z\u00fcrich \u20ac'];
  for (const text of texts) assert.is(read(text, { width: 220 }).reads[0]?.text, text);
});

test('a symbol is read seen at a slant, blurred, faint, in noise and small', () => {
  const hard: Held[] = [
    { width: 260, turn: 20, lean: 0.3 },
    { width: 230, turn: -12, blur: 3 },
    { width: 240, turn: 5, dark: 100, light: 116, noise: 2 },
    { width: 250, noise: 45 },
    { width: 62, turn: 8 },
  ];
  for (const held of hard) {
    assert.is(read(TEXT, held, 'eclevel=M').reads[0]?.text, TEXT, JSON.stringify(held));
  }
});

test('a symbol of which a finger hides a finder is read by the other two', () => {
  const cells = code('qrcode', TEXT, 'version=3 eclevel=H');
  for (const [u, v] of [
    [0, 0],
    [1, 0],
    [0, 1],
  ] as const) {
    const hidden = (x: number, y: number) => Math.hypot(x - u, y - v) < 0.27;
    const dark = (x: number, y: number) => !hidden(x, y) && cells.dark(x, y);
    const { luma, box } = picture({ ...cells, dark }, { width: 220, turn: 16, lean: 0.1 });
    assert.is(sampleQr(luma, box)[0]?.text, TEXT, `finder at ${u}, ${v}`);
  }
});

test('a faint symbol is read beside a finger that is far darker, and beside a glare', () => {
  const cells = code('qrcode', TEXT, 'version=2 eclevel=M');
  for (const [tone, u, v] of [
    [20, 1, 1],
    [255, 0.5, 0.55],
  ] as const) {
    const held = { width: 240, turn: 9, dark: 150, light: 163 };
    const { luma, box } = picture(cells, held);
    const at = { x: box.x + u * box.width, y: box.y + v * box.height };
    for (let i = 0; i < luma.luma.length; i++) {
      const [x, y] = [i % luma.width, Math.floor(i / luma.width)];
      if (Math.hypot(x - at.x, y - at.y) < 0.16 * held.width) luma.luma[i] = tone;
    }
    assert.is(sampleQr(luma, box)[0]?.text, TEXT, `${tone}`);
  }
});

test('a first look reads what shows three finders, and gives the same corners', () => {
  for (const held of [
    { width: 200, turn: 44 },
    { width: 150, lean: 0.2, blur: 2, noise: 9 },
  ]) {
    const { luma, box } = picture(code('qrcode', TEXT), held);
    const reads = sampleQrQuick(luma, box);
    assert.is(reads[0]?.text, TEXT, JSON.stringify(held));
    const [corner] = reads[0]?.corners ?? [];
    const [same] = sampleQr(luma, box)[0]?.corners ?? [];
    assert.ok(corner && same && Math.hypot(corner.x - same.x, corner.y - same.y) < 4);
  }
});

test('frames of noise of which none can be read are read together, each held otherwise', () => {
  const cells = code('qrcode', TEXT, 'version=3 eclevel=M');
  const frames = [1, 2, 3, 4, 5, 6].map((seed) =>
    picture(cells, { width: 250, turn: 3 * seed, dark: 90, light: 160, noise: 96 }, seed),
  );
  for (const { luma, box } of frames) assert.equal(sampleQr(luma, box), []);
  for (const sample of [sampleQr, sampleQrQuick]) {
    const sightings = createSightings();
    const texts = frames.map(({ luma, box }) => {
      sightings.next();
      return sample(luma, box, undefined, sightings)[0]?.text;
    });
    assert.is(texts[0], undefined);
    assert.ok(texts.includes(TEXT), sample.name);
  }
});

test('a blur that goes one way is undone by the known modules', () => {
  const cells = code('qrcode', TEXT, 'version=3 eclevel=M');
  const { size } = versionOf(3);
  const want = Float32Array.from({ length: size * size }, (_, i) => {
    const [x, y] = [i % size, Math.floor(i / size)];
    return cells.dark((x + 0.5) / size, (y + 0.5) / size) ? 1 : -1;
  });
  const at = (x: number, y: number) => (x < 0 || x >= size ? -1 : want[y * size + x]!);
  const smeared = want.map((one, i) => {
    const [x, y] = [i % size, Math.floor(i / size)];
    return 0.34 * one + 0.33 * (at(x - 1, y) + at(x + 1, y)) + 0.15;
  });
  const wrong = (modules: Float32Array) =>
    modules.reduce((sum, one, i) => sum + (one > 0 === want[i]! > 0 ? 0 : 1), 0);
  assert.ok(wrong(smeared) > 100, `${wrong(smeared)} before`);
  const clear = equalised(smeared, versionOf(3));
  assert.ok(wrong(clear) < wrong(smeared) / 2, `${wrong(smeared)} -> ${wrong(clear)}`);
});

test('neither noise nor modules that mean nothing are read', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { luma, box } = decoy(seed);
    assert.equal(sampleQr(luma, box), [], `decoy ${seed}`);
    assert.equal(sampleQrQuick(luma, box), [], `decoy ${seed}`);
  }
});

test('bytes that are not UTF-8 are left to zxing, which guesses their character set', () => {
  const utf8 = Uint8Array.of(0x40, 0x34, 0x1c, 0x3a, 0x90);
  const latin1 = Uint8Array.of(0x40, 0x34, 0x1e, 0x94, 0x20);
  assert.is(textOf(utf8, 1), 'Aé');
  assert.is(textOf(latin1, 1), undefined);
});

test.run();
