import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { prepareZXingModule as prepareWriter, writeBarcode } from 'zxing-wasm/writer';
import { systemClock } from '../../clock.ts';
import type { Frame, Health } from '../../devices.ts';
import { openCamera } from '../../open.ts';
import { simulatedRpicam, simulatedScene } from '../../simulated.ts';
import { until } from '../../until.ts';

/** No multiple of 64: rows come with padding. */
const WIDTH = 600;
const HEIGHT = 360;

const require = createRequire(import.meta.url);
async function wasm(half: 'reader' | 'writer'): Promise<ArrayBuffer> {
  const bytes = await readFile(require.resolve(`zxing-wasm/${half}/zxing_${half}.wasm`));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
}

async function qr(text: string): Promise<Uint8Array> {
  const { image, error } = await writeBarcode(text, { format: 'QRCode', scale: 6 });
  if (!image) throw new Error(error);
  return new Uint8Array(await image.arrayBuffer());
}

/** Reads a frame's luma as the gateway may: as a PGM picture. */
async function readCode(luma: Uint8Array): Promise<string | undefined> {
  const head = Buffer.from(`P5 ${WIDTH} ${HEIGHT} 255\n`);
  const found = await readBarcodes(Buffer.concat([head, luma]), { formats: ['QRCode'] });
  return found[0]?.text;
}

test.before(async () => {
  prepareZXingModule({ overrides: { wasmBinary: await wasm('reader') } });
  prepareWriter({ overrides: { wasmBinary: await wasm('writer') } });
});

test('a code held to the simulated camera arrives as brightness that a reader reads', async () => {
  let scene = simulatedScene('tcp://127.0.0.1:0');
  const path = await scene.start();
  const texts: (string | undefined)[] = [];
  const health: Health[] = [];
  const camera = openCamera(
    {
      kind: 'rpicam',
      program: simulatedRpicam(path),
      width: WIDTH,
      height: HEIGHT,
      framesPerSecond: 20,
    },
    { clock: systemClock },
  );
  await camera.start({
    async onFrame({ luma }: Frame) {
      texts.push(await readCode(luma));
    },
    onHealth: (each) => health.push(each),
  });
  try {
    await until('an empty scene is seen', () => texts.length > 0);
    assert.is(texts[0], undefined);
    await until('the camera sees the scene', () => scene.cameras === 1);
    assert.is(scene.show(await qr('GATEHOUSE-1'), 2_000), 1);
    await until('the code is read', () => texts.includes('GATEHOUSE-1'));
    await until('the scene is empty again', () => texts.at(-1) === undefined);

    await scene.stop();
    scene = simulatedScene(path);
    await scene.start();
    scene.show(await qr('GATEHOUSE-2'), 20_000);
    await until('a scene that restarted is seen again', () => texts.at(-1) === 'GATEHOUSE-2');
    scene.clear();
    await until('it is taken away', () => texts.at(-1) === undefined);
    scene.show(Buffer.from('no picture'), 1_000);
    const before = texts.length;
    await until('a broken picture does not stop it', () => texts.length > before + 3);
    assert.is(health.length, 1);
  } finally {
    await camera.stop();
    await scene.stop();
  }
});

test('a picture over the limit is not shown', () => {
  const scene = simulatedScene('tcp://127.0.0.1:0');
  assert.throws(() => scene.show(new Uint8Array(16 * 1024 * 1024 + 1), 1_000), /too large/);
});

test('what rpicam-vid would do and the simulated one does not is refused', () => {
  const [program = '', ...leading] = simulatedRpicam();
  const result = spawnSync(program, [...leading, '--codec', 'h264', '-o', '-'], {
    encoding: 'utf8',
  });
  assert.is(result.status, 255);
  assert.match(result.stderr, /only --codec yuv420/);
});

test.run();
