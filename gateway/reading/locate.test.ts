import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openKernel } from './kernels/kernel.ts';
import { likenessOf, possibleIn } from './likeness.ts';
import { createLocator } from './locate.ts';
import type { Luma } from './luma.ts';

const [width, height] = [640, 360];

/** Chance that is the same each time (mulberry32), 0 to 1. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A light frame with noise, and what is darker in it (0 to 1). */
function frame(seed: number, noise: number, ink: (x: number, y: number) => number): Luma {
  const next = chance(seed);
  const luma = new Uint8Array(width * height);
  for (let i = 0; i < luma.length; i++) {
    const tone = 210 - 150 * ink(i % width, Math.floor(i / width));
    luma[i] = Math.min(255, Math.max(0, tone + (next() - 0.5) * noise));
  }
  return { luma, width, height };
}

/** Cells of chance, `side` pixels each. */
function cells(seed: number, side: number): (x: number, y: number) => number {
  const next = chance(seed);
  const dark = Uint8Array.from({ length: 10_000 }, () => Math.round(next()));
  return (x, y) => dark[Math.floor(y / side) * 100 + Math.floor(x / side)] as number;
}

const kernel = openKernel();
const locate = createLocator(kernel);

function boxes(picture: Luma) {
  kernel.take(picture);
  return locate(kernel.gradients()).boxes;
}

test('a code is a box of its own where print stands above its quiet zone', () => {
  const modules = cells(1, 6);
  const letters = cells(2, 3);
  const picture = frame(3, 20, (x, y) => {
    if (x < 240 || x >= 400) return 0;
    if (y >= 160 && y < 320) return modules(x, y);
    return y >= 40 && y < 120 ? letters(x, y) * 0.4 : 0;
  });
  const [best] = boxes(picture);
  assert.ok(best);
  assert.ok(best.y >= 130 && best.y <= 170 && best.y + best.height <= 352, JSON.stringify(best));
  assert.ok(best.x >= 210 && best.x <= 250 && best.width <= 220, JSON.stringify(best));
  assert.ok(best.coherence < 0.2);
});

test('the direction of bars is told in noise', () => {
  const turn = 0.4;
  const bars = cells(4, 5);
  const picture = frame(5, 120, (x, y) => {
    const [across, along] = [x - 320, y - 180];
    const bar = across * Math.cos(turn) + along * Math.sin(turn);
    const side = along * Math.cos(turn) - across * Math.sin(turn);
    return Math.abs(bar) < 150 && Math.abs(side) < 70 ? bars(bar + 150, 0) : 0;
  });
  const [best] = boxes(picture);
  assert.ok(best);
  assert.ok(Math.abs(best.angle - turn) < 0.06, JSON.stringify(best));
  assert.ok(best.coherence > 0.5, JSON.stringify(best));
});

test('the corners of a code that stands askew are in its box', () => {
  const modules = cells(6, 7);
  const picture = frame(7, 10, (x, y) => {
    const [u, v] = [(x - 320 + y - 180) * Math.SQRT1_2, (y - 180 - x + 320) * Math.SQRT1_2];
    return Math.abs(u) < 90 && Math.abs(v) < 90 ? modules(u + 90, v + 90) : 0;
  });
  const [best] = boxes(picture);
  assert.ok(best);
  const reach = 90 * Math.SQRT2 - 20;
  assert.ok(best.x <= 320 - reach && best.x + best.width >= 320 + reach, JSON.stringify(best));
  assert.ok(best.y <= 180 - reach && best.y + best.height >= 180 + reach, JSON.stringify(best));
});

test('what a place looks like says what it cannot hold', () => {
  const formats = ['QRCode', 'Code128', 'PDF417', 'Aztec'];
  const seen = (coherence: number, elongation?: number) => {
    const place = { x: 0, y: 0, width: 160, height: 96, score: 9, angle: 0 };
    const box = { ...place, coherence, ...(elongation === undefined ? {} : { elongation }) };
    return [likenessOf(box), ...possibleIn(box, formats)];
  };
  assert.equal(seen(0.05, 1.1), ['modules', 'QRCode', 'Aztec']);
  assert.equal(seen(0.05, 2.5), ['modules', ...formats]);
  assert.equal(seen(0.3, 1.1), ['modules', ...formats]);
  assert.equal(seen(0.3, 2.5), ['stacked', ...formats]);
  assert.equal(seen(0.6, 2.5), ['stacked', 'Code128', 'PDF417']);
  assert.equal(seen(0.9, 1.1), ['bars', ...formats]);
  assert.equal(seen(0.9, 2.5), ['bars', 'Code128', 'PDF417']);
  assert.equal(seen(0), ['modules', ...formats]);
  const bars = { x: 0, y: 0, width: 160, height: 96, score: 9, angle: 0, coherence: 0.9 };
  assert.equal(possibleIn({ ...bars, elongation: 3 }, ['QRCode']), ['QRCode']);
});

test('how long a place is does not depend on how it lies', () => {
  const modules = cells(10, 5);
  for (const turn of [0, 0.5, 1.2]) {
    const picture = frame(11, 20, (x, y) => {
      const [across, along] = [x - 320, y - 180];
      const bar = across * Math.cos(turn) + along * Math.sin(turn);
      const side = along * Math.cos(turn) - across * Math.sin(turn);
      return Math.abs(bar) < 150 && Math.abs(side) < 50 ? modules(bar + 150, side + 50) : 0;
    });
    const [best] = boxes(picture);
    assert.ok(
      best?.elongation && best.elongation > 2 && best.elongation < 6,
      JSON.stringify({ turn, best }),
    );
  }
});

test('a frame of noise alone has no place worth a look, nor one without anything', () => {
  assert.equal(boxes(frame(8, 60, () => 0)).length, 0);
  assert.equal(boxes(frame(9, 0, () => 0)).length, 0);
});

test.run();
