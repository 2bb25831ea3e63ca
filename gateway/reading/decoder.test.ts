import { Worker } from 'node:worker_threads';
import bwipjs from 'bwip-js/node';
import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { codeOf, secureTextOf } from '../test/samples.ts';
import { virtualClock } from '../test/virtual-clock.ts';
import { createCameraReader } from './camera-reader.ts';
import {
  createDecoder,
  DECODE_MAX_MS,
  LOAD_MAX_MS,
  RESTART_FIRST_MS,
  STILL_FORMATS,
} from './decoder.ts';
import type { Reading } from './reading.ts';

const WIDTH = 640;
const HEIGHT = 480;

/** A frame of a camera that sees one barcode on grey. */
async function frame(bcid: string, text: string, scale = 3): Promise<Uint8Array> {
  const code = await bwipjs.toBuffer({
    bcid,
    text,
    scale,
    paddingwidth: 10,
    paddingheight: 10,
    backgroundcolor: 'ffffff',
  });
  return sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#888888' } })
    .composite([{ input: code }])
    .toColourspace('b-w')
    .extractChannel(0)
    .raw()
    .toBuffer();
}

const picture = (luma: Uint8Array) => ({ luma, width: WIDTH, height: HEIGHT });
const wanted = { formats: STILL_FORMATS };
const kinds: [string, string, string][] = [
  ['qrcode', secureTextOf('7'), 'QRCode'],
  ['qrcode', codeOf(1), 'QRCode'],
  ['pdf417', codeOf(2), 'PDF417'],
  ['code128', codeOf(3), 'Code128'],
];

test('the worker reads secure and regular codes in QR, PDF417 and Code 128, of frames and stills', async () => {
  const decoder = createDecoder();
  await decoder.start();
  for (const [at, [bcid, text, symbology]] of kinds.entries()) {
    const shown = picture(await frame(bcid, text, bcid === 'qrcode' ? 5 : 2));
    const camera = decoder.camera();
    const frames = [];
    // What has just come into view is given the cheapest stage only.
    for (const n of [0, 1]) frames.push(await decoder.frame(camera, shown, 100 * at + n, wanted));
    const asFrame = frames.find(({ codes }) => codes.length > 0);
    assert.ok(asFrame, symbology);
    assert.is(asFrame.figures?.stage, asFrame.codes[0]?.stage);
    const asStill = await decoder.still(shown, wanted);
    for (const { codes } of [asFrame, asStill]) {
      assert.is(codes[0]?.believed, true);
      assert.equal(
        codes.map((code) => [code.text, code.symbology]),
        [[text, symbology]],
      );
      const [[left, top] = [1, 1], , [right, bottom] = [0, 0]] = codes[0]?.corners ?? [];
      assert.ok(0 < left && left < right && right < 1 && 0 < top && top <= bottom && bottom < 1);
    }
  }
  await decoder.stop();
});

test('an empty picture has no code; one shorter than its size is a decoder-failed and no more', async () => {
  const decoder = createDecoder();
  await decoder.start();
  const empty = new Uint8Array(WIDTH * HEIGHT).fill(128);
  assert.equal((await decoder.still(picture(empty), wanted)).codes, []);
  const short = await decoder
    .frame(0, picture(new Uint8Array(10)), 0, wanted)
    .catch((error: { code: string }) => error.code);
  assert.is(short, 'decoder-failed');
  const luma = await frame('qrcode', codeOf(1), 5);
  assert.is((await decoder.frame(0, picture(luma), 1, wanted)).codes.length, 1);
  await decoder.stop();
});

test('a decoder that hangs or dies fails its picture and is begun anew', async () => {
  const clock = virtualClock();
  const { postMessage } = Worker.prototype;
  const decoder = createDecoder({ clock });
  await decoder.start();
  const empty = picture(new Uint8Array(WIDTH * HEIGHT));
  const first = decoder.still(empty, wanted);
  await clock.advance(LOAD_MAX_MS - 1);
  assert.equal((await first).codes, [], 'loading has its own limit');
  Worker.prototype.postMessage = () => undefined;
  const hung = decoder.frame(0, empty, 0, wanted).catch((e: { code: string }) => e.code);
  await clock.advance(DECODE_MAX_MS);
  Worker.prototype.postMessage = postMessage;
  assert.is(await hung, 'decoder-failed');
  const away = await decoder.frame(0, empty, 1, wanted).catch((e: { code: string }) => e.code);
  assert.is(away, 'decoder-failed');
  await clock.advance(1_000);
  assert.equal((await decoder.frame(0, empty, 2, wanted)).codes, []);
  await decoder.stop();
});

test('a decoder that loads but never answers is begun anew after a longer pause each time', async () => {
  const clock = virtualClock();
  const { postMessage, emit } = Worker.prototype;
  const loads: (() => void)[] = [];
  const loaded = () => new Promise<void>((resolve) => loads.push(resolve));
  Worker.prototype.postMessage = () => undefined;
  Worker.prototype.emit = function (this: Worker, ...told: Parameters<typeof emit>) {
    const isHeard = emit.apply(this, told);
    if (told[0] === 'message') loads.shift()?.();
    return isHeard;
  };
  const decoder = createDecoder({ clock });
  const empty = picture(new Uint8Array(WIDTH * HEIGHT));
  const ask = () => decoder.frame(0, empty, 0, wanted).catch((e: { code: string }) => e.code);
  try {
    let ready = loaded();
    await decoder.start();
    for (const pause of [RESTART_FIRST_MS, 2 * RESTART_FIRST_MS]) {
      await ready;
      const hung = ask();
      await clock.advance(DECODE_MAX_MS);
      assert.is(await hung, 'decoder-failed');
      ready = loaded();
      await clock.advance(pause - 1);
      const runs = new Promise((resolve) => setImmediate(resolve, 'runs'));
      assert.is(await Promise.race([ask(), runs]), 'decoder-failed', `away for ${pause} ms`);
      await clock.advance(1);
    }
    await ready;
  } finally {
    Object.assign(Worker.prototype, { postMessage, emit });
  }
  assert.equal((await decoder.frame(0, empty, 1, wanted)).codes, []);
  await decoder.stop();
});

test('a camera’s code is given on at each frame; a barcode that noise can imitate only when read twice', async () => {
  const clock = virtualClock();
  const decoder = createDecoder();
  await decoder.start();
  const readings: Reading[] = [];
  let show: ((luma: Uint8Array) => Promise<void>) | undefined;
  const camera = {
    counts: { frames: 0, dropped: 0 },
    async start(listener: { onFrame(frame: object): void | Promise<void> }) {
      show = async (luma) => listener.onFrame({ ...picture(luma), at: clock.mono() });
    },
    async stop() {},
  };
  const reader = createCameraReader({
    ...{ camera: camera as never, decoder, clock },
    log: { info() {}, warn() {}, error() {} },
  });
  await reader.start({ onReading: (reading) => readings.push(reading), onHealth() {} });
  const ours = await frame('code128', codeOf(3), 2);
  const other = await frame('code128', 'SOME-OTHER-42', 2);
  await show?.(ours);
  assert.equal(
    readings.map(({ code }) => code),
    [codeOf(3)],
    'our own grammar is believed at once',
  );
  await show?.(other);
  assert.is(readings.length, 1);
  await clock.advance(500);
  await show?.(other);
  assert.equal(readings[1]?.code, 'SOME-OTHER-42');
  await show?.(other);
  assert.is(readings.length, 2, 'a still scene is not read at every frame');
  await decoder.stop();
  await show?.(ours);
  assert.is(readings.length, 2, 'a decoder that is away fails a frame, not the lane');
});

test.run();
