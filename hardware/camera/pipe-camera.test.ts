import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../clock.ts';
import type { Frame, Health } from '../devices.ts';
import { pass, until } from '../until.ts';
import { type PipeCameraSettings, pipeCamera } from './pipe-camera.ts';
import { rpicamPipe, v4l2Pipe } from './presets.ts';

const WIDTH = 64;
const HEIGHT = 48;
const LUMA = WIDTH * HEIGHT;

/** A program that writes frames of its own number in odd pieces, colour as 255. */
function program(body: string, silenceMilliseconds = 5_000): PipeCameraSettings {
  const script = `
    const frame = (n) => Buffer.concat([Buffer.alloc(${LUMA}, n), Buffer.alloc(${LUMA / 2}, 255)]);
    ${body}
  `;
  return {
    program: process.execPath,
    args: ['-e', script],
    width: WIDTH,
    height: HEIGHT,
    frameBytes: LUMA * 1.5,
    silenceMilliseconds,
  };
}

async function withCamera(
  settings: PipeCameraSettings,
  onFrame: (frame: Frame) => void | Promise<void>,
  run: (seen: { health: Health[]; counts: { frames: number; dropped: number } }) => Promise<void>,
): Promise<void> {
  const camera = pipeCamera(settings, { clock: systemClock });
  const health: Health[] = [];
  const starting = camera.start({ onFrame, onHealth: (each) => health.push(each) });
  try {
    await run({ health, counts: camera.counts });
  } finally {
    await camera.stop();
    await starting;
  }
}

const codes = (health: Health[]) => health.map(({ ok, code }) => (ok ? 'ok' : code));

test('frames are cut out of a stream of odd pieces, and only brightness is kept', async () => {
  const body = `
    const all = Buffer.concat([1, 2, 3, 4].map(frame));
    let at = 0;
    const next = () => {
      if (at >= all.length) return setTimeout(() => {}, 60000);
      process.stdout.write(all.subarray(at, at + 1777), () => setTimeout(next, 1));
      at += 1777;
    };
    next();`;
  const seen: string[] = [];
  const look = ({ luma, width, height }: Frame) => {
    assert.is(luma.length, width * height);
    seen.push([...new Set(luma)].join());
  };
  await withCamera(program(body), look, async ({ counts }) => {
    await until('all came', () => seen.length === 4);
    assert.equal(seen, ['1', '2', '3', '4']);
    assert.equal(counts, { frames: 4, dropped: 0 });
  });
});

test('while the listener is busy the pipe is drained, the newest frame comes next', async () => {
  const body = `
    process.stdout.write(Buffer.concat(Array.from({ length: 40 }, (_, n) => frame(n))));
    setTimeout(() => {}, 60000);`;
  const seen: number[] = [];
  let release: () => void = () => undefined;
  const slow = ({ luma }: Frame) => {
    seen.push(luma[0]!);
    return new Promise<void>((resolve) => {
      release = resolve;
    });
  };
  await withCamera(program(body), slow, async ({ counts }) => {
    await until('38 were dropped', () => counts.dropped === 38);
    assert.equal(seen, [0]);
    release();
    await until('the next came', () => seen.length === 2);
    assert.equal(seen, [0, 39]);
    release();
  });
});

test('the memory of a frame is not written while the listener works on it', async () => {
  const body = `let n = 0; setInterval(() => process.stdout.write(frame((n += 1) % 250)), 2);`;
  let looks = 0;
  const slow = async ({ luma }: Frame) => {
    const before = luma[0]!;
    await pass(20);
    assert.ok(luma.every((byte) => byte === before));
    looks += 1;
  };
  await withCamera(program(body), slow, async ({ health, counts }) => {
    await until('some were looked at', () => looks >= 8);
    assert.equal(codes(health), ['ok']);
    assert.ok(counts.dropped > 0);
  });
});

test('a camera program that dies is started again with what it said last in health', async () => {
  const body = `
    const end = () => { console.error('no more light'); process.exit(1); };
    process.stdout.write(frame(7), end);`;
  let frames = 0;
  const count = () => {
    frames += 1;
  };
  await withCamera(program(body), count, async ({ health }) => {
    await until('it came back', () => frames >= 2);
    assert.equal(codes(health).slice(0, 3), ['ok', 'camera-ended', 'ok']);
    assert.is(health[1]?.detail, 'no more light');
  });
});

test('a camera program that sends nothing is ended and started again', async () => {
  const silent = program('setTimeout(() => {}, 60000)', 200);
  await withCamera(
    silent,
    () => undefined,
    async ({ health }) => {
      await until('it is told', () => codes(health).includes('camera-silent'));
      await until('it is ended', () => codes(health).includes('camera-ended'));
    },
  );
});

test('a camera program that is not installed is reported', async () => {
  const settings = { ...program(''), program: 'gatehouse-no-such-camera' };
  await withCamera(
    settings,
    () => undefined,
    async ({ health }) => {
      await until('it is told', () => health.length > 0);
      assert.equal(health[0], { ok: false, code: 'camera-program-missing', detail: 'ENOENT' });
    },
  );
});

test('the presets call their programs as written in docs/hardware.md', () => {
  const common = { width: 1280, height: 720, framesPerSecond: 30, silenceMilliseconds: 5_000 };
  const pi = rpicamPipe(common);
  assert.is(
    [pi.program, ...pi.args].join(' '),
    'rpicam-vid -t 0 -n --codec yuv420 --width 1280 --height 720 --framerate 30 --flush -o -',
  );
  assert.is(pi.frameBytes, 1_382_400);
  const usb = v4l2Pipe({ ...common, device: '/dev/video0', inputFormat: 'mjpeg' });
  assert.is(usb.program, 'ffmpeg');
  assert.ok(usb.args.join(' ').endsWith('-i /dev/video0 -f rawvideo -pix_fmt gray -'));
  assert.is(usb.frameBytes, 921_600);
  const other = rpicamPipe({ ...common, program: ['node', 'camera.ts'] });
  assert.equal([other.program, other.args[0], other.args[1]], ['node', 'camera.ts', '-t']);
});

test.run();
