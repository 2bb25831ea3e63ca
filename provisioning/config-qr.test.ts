import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encode } from 'uqr';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { CONFIG_CODE_LENGTH_MAX, makeConfigCode } from './config-code.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const text = makeConfigCode(
  {
    url: 'https://entrance.municipal-theatre.example:8444',
    claim: randomBytes(16),
    pins: [randomBytes(32), randomBytes(32)],
    net: { ssid: 'Theatre backstage', key: 'twenty characters ok' },
    expires: Date.parse('2026-12-01T12:00:00Z'),
  },
  privateKey,
);
const PIXELS_PER_MODULE = 4;

/** One byte of brightness a pixel. */
function draw(content: string) {
  const { data, version } = encode(content, { ecc: 'M', boostEcc: false, border: 4 });
  const side = data.length * PIXELS_PER_MODULE;
  const luma = new Uint8Array(side * side);
  for (let i = 0; i < luma.length; i++) {
    const row = Math.floor(i / side / PIXELS_PER_MODULE);
    const column = Math.floor((i % side) / PIXELS_PER_MODULE);
    luma[i] = data[row]?.[column] ? 0 : 255;
  }
  return { version, side, luma };
}

test('a full config code with Wi-Fi fits a QR code of version 13 at level M', () => {
  assert.ok(draw(text).version <= 13, `version ${draw(text).version}`);
});

test('the longest text that is ever made fits version 13 and one more does not', () => {
  assert.is(draw('A'.repeat(CONFIG_CODE_LENGTH_MAX)).version, 13);
  assert.is(draw('A'.repeat(CONFIG_CODE_LENGTH_MAX + 1)).version, 14);
});

test("the gateway's own decoder reads the drawn code", async () => {
  const { luma, side } = draw(text);
  const rgba = new Uint8ClampedArray(luma.length * 4);
  for (const [i, value] of luma.entries()) rgba.set([value, value, value, 255], 4 * i);
  const wasm = await readFile(
    fileURLToPath(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm')),
  );
  const wasmBinary = new Uint8Array(wasm).buffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  const image = { data: rgba, width: side, height: side, colorSpace: 'srgb' } as ImageData;
  const [found] = await readBarcodes(image, { formats: ['QRCode'] });
  assert.is(found?.text, text);
});

const zbarimg = spawnSync('zbarimg', ['--version']).status === 0;
if (!zbarimg) console.log('SKIPPED reading the drawn code: zbarimg is not installed');
(zbarimg ? test : test.skip)('zbarimg (package zbar-tools) reads the drawn code', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-'));
  try {
    const { luma, side } = draw(text);
    const file = join(folder, 'config.pgm');
    await writeFile(file, Buffer.concat([Buffer.from(`P5 ${side} ${side} 255\n`), luma]));
    const read = spawnSync('zbarimg', ['--raw', '-q', '-Sdisable', '-Sqrcode.enable', file]);
    assert.is(read.stdout.toString().replace(/\n$/, ''), text);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.run();
