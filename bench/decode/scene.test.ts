import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { threadCpuMs } from './cpu.ts';
import { renderBurst, renderScene, type Scene } from './scene.ts';

/** Scenes of seed 3 with no strong fault. */
const EASY = [0, 17];

function hash(scenes: readonly Scene[]): string {
  const sum = createHash('sha256');
  for (const { luma, ...known } of scenes) sum.update(luma).update(JSON.stringify(known));
  return sum.digest('hex').slice(0, 16);
}

test('a seed and an index are one picture, on every machine', () => {
  const scenes = [renderScene(3, 0), renderScene(3, 1)];
  assert.is(hash(scenes), hash([renderScene(3, 0), renderScene(3, 1)]));
  assert.is(hash(scenes), '2212443c14b4390e');
  assert.is.not(hash([renderScene(4, 0)]), hash([renderScene(3, 0)]));
});

test('a code stands where its corners are said to be, and easy ones are read', async () => {
  const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm).buffer as ArrayBuffer } });
  for (const index of EASY) {
    const { luma, width, height, truth, level } = renderScene(3, index);
    assert.is(level, 'easy');
    const picture = Buffer.concat([Buffer.from(`P5 ${width} ${height} 255\n`), luma]);
    const [one] = await readBarcodes(new Uint8Array(picture), { maxNumberOfSymbols: 1 });
    assert.is(one?.text, truth?.text);
    const { topLeft, bottomRight } = one?.position ?? {};
    for (const [found, at] of [
      [topLeft, truth?.corners[0]],
      [bottomRight, truth?.corners[2]],
    ]) {
      const far = Math.hypot((found?.x ?? 0) - (at?.x ?? 0), (found?.y ?? 0) - (at?.y ?? 0));
      assert.ok(far < 15, `scene ${index} is off by ${far} pixels`);
    }
  }
});

test('a burst keeps its code while the hand moves', () => {
  const [one, other] = renderBurst(3, 1, 2, { symbology: 'PDF417' }) as [Scene, Scene];
  assert.is(one.truth?.symbology, 'PDF417');
  assert.is(one.truth?.text, other.truth?.text);
  const [a, b] = [one.truth?.corners[0], other.truth?.corners[0]];
  const moved = Math.hypot((a?.x ?? 0) - (b?.x ?? 0), (a?.y ?? 0) - (b?.y ?? 0));
  assert.ok(moved > 0 && moved < 60, `${moved}`);
});

test('both sizes of the secure code stand in the same scene', () => {
  const [small, large] = (['Secure4L', 'Secure5M'] as const).map((symbology) =>
    renderScene(3, 2, { symbology }),
  );
  assert.is(small?.truth?.text, large?.truth?.text);
  assert.equal(small?.faults, large?.faults);
  assert.equal(small?.truth?.corners, large?.truth?.corners);
});

test('a thread’s time counts what it does, not what it waits for', () => {
  const began = threadCpuMs();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  const waited = threadCpuMs() - began;
  const wall = performance.now();
  for (let sum = 0; performance.now() - wall < 60; ) sum += Math.sqrt(sum);
  assert.ok(waited < 100, `${waited}`);
  assert.ok(threadCpuMs() - began > waited);
});

test.run();
