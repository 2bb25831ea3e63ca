import bwipjs from 'bwip-js/node';
import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { codeOf, secureTextOf } from '../test/samples.ts';
import { FRAME_FORMATS, STILL_FORMATS } from './decoder.ts';
import { createGate } from './gate.ts';
import { plainKernel } from './kernels/plain.ts';
import { createLocator } from './locate.ts';
import type { Luma } from './luma.ts';
import { createPipeline } from './pipeline.ts';
import { openZXing } from './zxing.ts';

const WIDTH = 640;
const HEIGHT = 480;
const zxing = await openZXing();
/** No frame's budget ends, on however slow a machine. */
const noTime = () => 0;

/** A small generator, the same for the same seed. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Grey with a code at (x, y), turned by so many degrees; and what one sees through noise. */
async function scene(
  bcid: string,
  text: string,
  { scale = 4, angle = 0, left = 40, top = 40 } = {},
): Promise<Luma> {
  const options = { bcid, text, scale, padding: 10, backgroundcolor: 'ffffff' };
  const code = await sharp(await bwipjs.toBuffer(options))
    .rotate(angle, { background: '#888888' })
    .toBuffer();
  const luma = await sharp({
    create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#888888' },
  })
    .composite([{ input: code, left, top }])
    .toColourspace('b-w')
    .extractChannel(0)
    .raw()
    .toBuffer();
  return { luma: new Uint8Array(luma), width: WIDTH, height: HEIGHT };
}

function noisy({ luma, width, height }: Luma, amount: number, seed: number): Luma {
  const next = chance(seed);
  const add = (tone: number) => Math.max(0, Math.min(255, tone + (next() - 0.5) * amount));
  return { luma: luma.map(add), width, height };
}

/** Squares of chance that no decoder can read. */
function decoy(seed: number, x = 200): Luma {
  const luma = new Uint8Array(WIDTH * HEIGHT).fill(200);
  const next = chance(seed);
  for (let cell = 0; cell < 900; cell++) {
    if (next() < 0.5) continue;
    const left = x + (cell % 30) * 7;
    const top = 120 + Math.floor(cell / 30) * 7;
    for (let row = top; row < top + 7; row++) {
      luma.fill(20, row * WIDTH + left, row * WIDTH + left + 7);
    }
  }
  return { luma, width: WIDTH, height: HEIGHT };
}

const empty: Luma = {
  luma: new Uint8Array(WIDTH * HEIGHT).fill(128),
  width: WIDTH,
  height: HEIGHT,
};

test('the gate tells another scene from noise, and learns how much of it there is', async () => {
  const gate = createGate();
  const seen = ({ luma, width, height }: Luma) => gate.changed(luma, width, height);
  assert.ok(seen(noisy(empty, 60, 1)), 'the first is new');
  for (let seed = 2; seed < 8; seed++) assert.not(seen(noisy(empty, 60, seed)));
  assert.ok(seen(noisy(await scene('qrcode', codeOf(1)), 60, 9)));
  assert.ok(Math.abs(gate.light - 128) < 40);
  assert.ok(seen({ ...empty, width: HEIGHT, height: WIDTH }), 'another size is another scene');
});

test('the locator’s first box holds the code, in noise too; an empty picture has none', async () => {
  const kernel = plainKernel();
  const locate = createLocator(kernel);
  const boxesOf = (picture: Luma) => {
    kernel.take(picture);
    return locate(kernel.gradients()).boxes;
  };
  for (const bcid of ['qrcode', 'azteccode', 'pdf417', 'code128']) {
    const shown = await scene(bcid, codeOf(2), { scale: bcid === 'qrcode' ? 5 : 2 });
    const [box] = boxesOf(noisy(shown, 40, 3));
    assert.ok(box, bcid);
    const columns = Array.from({ length: WIDTH }, (_, x) => x);
    const dark = columns.filter((x) => {
      return columns.slice(0, HEIGHT).some((y) => (shown.luma[y * WIDTH + x] as number) < 30);
    });
    assert.ok(box.x <= (dark[0] as number) + 32, bcid);
    assert.ok(box.x + box.width >= (dark.at(-1) as number) - 32, bcid);
    assert.is(box.coherence > 0.7, bcid === 'code128', `${bcid}: ${box.coherence}`);
  }
  assert.equal(boxesOf(empty), []);
  assert.equal(boxesOf(noisy(empty, 60, 4)), []);
});

test('codes are read by the first pass as they stand, bars at any angle', async () => {
  const cases: [string, string, number, RegExp][] = [
    ['qrcode', secureTextOf('3'), 15, /^box/],
    ['azteccode', codeOf(4), 10, /^box/],
    ['code128', codeOf(5), 0, /^bars|linear$/],
    ['code128', codeOf(5), 33, /^bars|linear$/],
  ];
  for (const [bcid, text, angle, stage] of cases) {
    const picture = await scene(bcid, text, { angle, scale: bcid === 'qrcode' ? 4 : 2 });
    const { frame } = createPipeline({ zxing, budgetMs: 0 });
    const { reads, figures, looked } = frame(picture, 0, FRAME_FORMATS);
    const [read, ...others] = reads;
    assert.equal([read?.text, read?.believed, others], [text, true, []], `${bcid} at ${angle}`);
    assert.match(read?.stage ?? '', stage, `${bcid} at ${angle}: ${read?.stage}`);
    assert.ok(
      looked && figures.contrast > 0.4 && figures.boxes > 0 && figures.stage === read?.stage,
    );
    for (const { x, y } of read?.corners ?? []) {
      assert.ok(x > 30 && x < WIDTH && y > 30 && y < HEIGHT, `${bcid}: ${x}, ${y}`);
    }
  }
});

test('a scene that stands still is tried twice a second, and less often where nothing is read', async () => {
  const code = await scene('qrcode', codeOf(6));
  const looksAt = (
    picture: Luma,
    until: number,
    { frame } = createPipeline({ zxing, now: noTime }),
  ) => {
    const looked: number[] = [];
    for (let at = 0; at <= until; at += 20) {
      if (frame(picture, at, FRAME_FORMATS).looked) looked.push(at);
    }
    return looked;
  };
  const rests = (looked: readonly number[]) => looked.slice(1).map((at, i) => at - looked[i]!);
  const read = rests(looksAt(code, 5_000)).slice(-8);
  assert.equal(read, Array(8).fill(500), 'a ticket that lies there');
  for (const still of [empty, decoy(3)]) {
    const pipeline = createPipeline({ zxing, now: noTime });
    const looked = looksAt(still, 40_000, pipeline);
    const first = rests(looked.filter((at) => at >= 1_000 && at <= 2_500));
    assert.ok(first.length >= 2 && first.every((rest) => rest >= 500 && rest <= 640), `${first}`);
    const all = rests(looked.filter((at) => at > 1_000));
    assert.equal(
      all,
      all.slice().sort((one, other) => one - other),
      'longer each time',
    );
    assert.equal(all.slice(-3), [4_000, 4_000, 4_000]);
    const { looked: isAwake, reads } = pipeline.frame(code, 40_020, FRAME_FORMATS);
    assert.equal([isAwake, reads[0]?.text], [true, codeOf(6)], 'what comes is read at once');
  }
});

test('the whole of a scene that stands still is read twice, and again when it changes', () => {
  const { frame } = createPipeline({ zxing, now: noTime, stages: ['whole'] });
  const triesOf = (picture: Luma, from: number) => {
    let tries = 0;
    for (let at = from; at < from + 30_000; at += 100) {
      tries += frame(picture, at, FRAME_FORMATS).figures.tries;
    }
    return tries;
  };
  assert.is(triesOf(decoy(3), 0), 2);
  assert.is(triesOf(decoy(4), 30_000), 2);
});

test('a decoy that every stage has tried is left alone while it stands, and rests while it moves', () => {
  const still = createPipeline({ zxing, now: noTime });
  let tries = 0;
  for (let at = 0; at < 1_000; at += 50) still.frame(decoy(1), at, FRAME_FORMATS);
  for (let at = 1_000; at < 2_000; at += 50) {
    tries += still.frame(decoy(1), at, FRAME_FORMATS).figures.tries;
  }
  assert.ok(tries <= 8, `${tries} tries in a second`);
  const moving = createPipeline({ zxing, now: noTime });
  const frames = Array.from({ length: 16 }, (_, n) => decoy(1, 200 + 8 * (n % 2)));
  const all = frames.map((one, n) => moving.frame(one, n * 33, FRAME_FORMATS).figures.tries);
  assert.ok(all.slice(-8).filter((count) => count === 0).length >= 4, all.join());
});

test('what has hardly a code’s proportions is looked at from its second frame on', () => {
  const next = chance(5);
  const stripes = Uint8Array.from({ length: 200 }, () => (next() < 0.5 ? 20 : 200));
  const luma = new Uint8Array(WIDTH * HEIGHT).fill(200);
  for (let row = 120; row < 320; row++) {
    for (let x = 0; x < 200; x++) luma[row * WIDTH + 200 + x] = stripes[x >> 2] as number;
  }
  const tries = (picture: Luma) => {
    const { frame } = createPipeline({ zxing, now: noTime });
    return [0, 33].map((at) => frame(picture, at, FRAME_FORMATS).figures.tries > 0);
  };
  assert.equal(tries({ ...empty, luma }), [false, true], 'bars as high as they are wide');
  assert.equal(tries(decoy(1)), [true, true], 'a square of modules');
});

test('what is read at one frame only, and could be noise, waits for the next one', async () => {
  const { frame } = createPipeline({ zxing, now: noTime });
  const picture = await scene('code128', 'OTHER-42', { scale: 2 });
  const believed = [0, 33, 66, 99].flatMap((at) => {
    return frame(noisy(picture, 6, at), at, FRAME_FORMATS).reads.map((read) => read.believed);
  });
  assert.equal(believed.slice(0, 2), [false, true]);
});

test('a still is read by every stage, all its codes once; large ones at their own size too', async () => {
  const { still } = createPipeline({ zxing, now: noTime });
  const one = await scene('qrcode', codeOf(7), { scale: 4, left: 0, top: 0 });
  const two = await scene('datamatrix', codeOf(8), { scale: 4, left: 400, top: 250 });
  const both = one.luma.map((tone, i) => (i < WIDTH * 260 ? tone : (two.luma[i] as number)));
  const read = still({ ...one, luma: both }, STILL_FORMATS);
  assert.equal(read.map(({ text }) => text).sort(), [codeOf(7), codeOf(8)].sort());
  const width = 3 * WIDTH;
  const large = new Uint8Array(width * 3 * HEIGHT).fill(136);
  for (let row = 0; row < HEIGHT; row++) {
    large.set(one.luma.subarray(row * WIDTH, (row + 1) * WIDTH), (row + 700) * width + 900);
  }
  const far = still({ luma: large, width, height: 3 * HEIGHT }, STILL_FORMATS);
  assert.is(far[0]?.text, codeOf(7));
  const [corner] = far[0]?.corners ?? [];
  assert.ok(corner && corner.x > 900 && corner.x < 1_000 && corner.y > 700 && corner.y < 800);
});

test('pictures of every small size are looked at without harm', () => {
  const { frame, still } = createPipeline({ zxing, now: noTime });
  for (const [n, size] of [1, 2, 3, 15, 17, 33, 64].entries()) {
    const picture = noisy(
      { luma: new Uint8Array(size * 40).fill(100), width: size, height: 40 },
      200,
      n,
    );
    assert.equal(frame(picture, n, FRAME_FORMATS).reads, []);
    assert.equal(still(picture, STILL_FORMATS), []);
  }
});

test.run();
