import { spawnSync } from 'node:child_process';
import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { crispSize, drawQr, type Ink, QUIET_MODULES, qrModules } from './qr.ts';

const SECURE = `4283${'1234567890'.repeat(17)}12345678`;
const READER = 'zbarimg';

/** Draws as the page does, on plain bytes. */
function painted(text: string, module: number): { luma: Buffer; across: number } {
  const modules = qrModules(text);
  const across = (modules.length + 2 * QUIET_MODULES) * module;
  const luma = Buffer.alloc(across * across, 128);
  const ink: Ink = {
    fillStyle: '',
    fillRect(x, y, width, height) {
      const value = this.fillStyle === '#ffffff' ? 255 : 0;
      for (let line = y; line < y + height; line += 1) {
        luma.fill(value, line * across + x, line * across + x + width);
      }
    },
  };
  drawQr(ink, modules, module);
  return { luma, across };
}

test('a secure code is a numeric QR of version 5', () => {
  assert.is(SECURE.length, 182);
  assert.is(qrModules(SECURE).length, 37);
});

test('every module is a whole number of device pixels at any screen', () => {
  for (const ratio of [1, 1.25, 1.5, 2, 3]) {
    const size = crispSize(33, 170, ratio);
    assert.ok(Number.isInteger(size.module));
    assert.is(size.device, size.module * 41);
    assert.ok(size.css <= 170);
  }
  assert.is(crispSize(33, 10, 1).module, 1);
});

test('the quiet zone stays white', () => {
  const { luma, across } = painted(SECURE, 2);
  assert.ok(luma.subarray(0, across * QUIET_MODULES * 2).every((value) => value === 255));
});

const there = spawnSync(READER, ['--version']).error === undefined;
const named = `another reader (${READER}) reads what the phone draws`;
if (!there) console.log(`SKIPPED ${named}: ${READER} is not installed`);
(there ? test : test.skip)(named, async () => {
  const { luma, across } = painted(SECURE, 4);
  const raw = { width: across, height: across, channels: 1 } as const;
  const png = await sharp(luma, { raw }).png().toBuffer();
  const read = spawnSync(READER, ['--raw', '-q', '-'], { input: png });
  assert.is(String(read.stdout).trim(), SECURE);
});

test.run();
