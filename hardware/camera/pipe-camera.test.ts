import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../clock.ts';
import type { Frame, HardwareClock, Health } from '../devices.ts';
import { pass, until } from '../until.ts';
import { type PipeCameraSettings, pipeCamera } from './pipe-camera.ts';
import { rpicamPipe, v4l2Pipe } from './presets.ts';
import { controlSetter, v4l2Controls } from './v4l2-controls.ts';

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
    framesPerSecond: 30,
    silenceMilliseconds,
  };
}

type Counts = { frames: number; dropped: number };

async function withCamera(
  settings: PipeCameraSettings,
  onFrame: (frame: Frame) => void | Promise<void>,
  run: (seen: { health: Health[]; counts: () => Counts }) => Promise<void>,
  clock: HardwareClock = systemClock,
): Promise<void> {
  const camera = pipeCamera(settings, { clock });
  const health: Health[] = [];
  const starting = camera.start({ onFrame, onHealth: (each) => health.push(each) });
  try {
    await run({ health, counts: () => camera.counts });
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
    assert.ok(luma.buffer instanceof SharedArrayBuffer);
    seen.push([...new Set(luma)].join());
  };
  await withCamera(program(body), look, async ({ counts }) => {
    await until('the last came', () => seen.at(-1) === '4');
    assert.equal(seen, [...new Set(seen)].sort());
    assert.is(counts().frames + counts().dropped, 4);
  });
});

test('while the listener is busy the pipe is drained, the newest frame comes next', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-camera-'));
  const busy = join(folder, 'busy');
  const body = `
    process.stdout.write(frame(0));
    const look = setInterval(() => {
      if (!require('node:fs').existsSync(${JSON.stringify(busy)})) return;
      clearInterval(look);
      process.stdout.write(Buffer.concat(Array.from({ length: 39 }, (_, n) => frame(n + 1))));
      setTimeout(() => {}, 60000);
    }, 10);`;
  const seen: number[] = [];
  let release: () => void = () => undefined;
  const slow = ({ luma }: Frame) => {
    seen.push(luma[0]!);
    writeFileSync(busy, '');
    return new Promise<void>((resolve) => {
      release = resolve;
    });
  };
  await withCamera(program(body), slow, async ({ counts }) => {
    await until('38 were dropped', () => counts().dropped === 38);
    assert.equal(seen, [0]);
    release();
    await until('the next came', () => seen.length === 2);
    assert.equal(seen, [0, 39]);
    release();
  });
  rmSync(folder, { recursive: true });
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
    assert.ok(counts().dropped > 0);
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

test('a camera program that starts slowly is told as silent, and left to start', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-camera-'));
  const told = join(folder, 'told');
  const body = `
    const look = setInterval(() => {
      if (!require('node:fs').existsSync(${JSON.stringify(told)})) return;
      clearInterval(look);
      process.stdout.write(frame(5));
      setTimeout(() => {}, 60000);
    }, 10);`;
  const silence = 6_000;
  let look: (() => void) | undefined;
  const clock: HardwareClock = {
    ...systemClock,
    setTimeout(run, milliseconds) {
      if (milliseconds !== silence / 4) return systemClock.setTimeout(run, milliseconds);
      look = run;
      return undefined;
    },
  };
  const silentFor = async (looks: number) => {
    for (; looks > 0; looks -= 1) {
      await until('somebody looks for silence', () => look !== undefined);
      const now = look;
      look = undefined;
      now?.();
    }
  };
  await withCamera(
    program(body, silence),
    () => undefined,
    async ({ health }) => {
      await silentFor(15);
      assert.equal(codes(health), ['camera-silent']);
      writeFileSync(told, '');
      await until('it came', () => codes(health).includes('ok'));
      assert.equal(codes(health), ['camera-silent', 'ok']);
      await silentFor(5);
      await until('it is ended', () => codes(health).includes('camera-ended'));
    },
    clock,
  );
  rmSync(folder, { recursive: true });
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

test('a camera that dies in the middle of a frame never shows that half', async () => {
  const body = `
    process.stdout.write(Buffer.concat([frame(7), frame(9).subarray(0, 1000)]), () => process.exit(0));`;
  const seen = new Set<number>();
  await withCamera(
    program(body),
    ({ luma }) => {
      for (const byte of luma) seen.add(byte);
    },
    async ({ health }) => {
      await until('it is told', () => codes(health).includes('camera-ended'));
      assert.is(health.find(({ ok }) => !ok)?.detail, 'in the middle of a frame');
      assert.equal([...seen], [7]);
    },
  );
});

test('a pipe that a child of the program holds open does not keep the camera away', async () => {
  const sleeper = 'setTimeout(() => {}, 4000)';
  const body = `
    require('node:child_process').spawn(process.execPath, ['-e', '${sleeper}'],
      { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
    process.stdout.write(frame(3), () => setTimeout(() => process.exit(0), 200));`;
  await withCamera(
    program(body),
    () => undefined,
    async ({ health }) => {
      await until('it is told', () => codes(health).includes('camera-ended'));
    },
  );
});

test('a process that exits is not held up by a camera that says nothing', () => {
  const camera = JSON.stringify({ ...program('setTimeout(() => {}, 60000)', 60_000) });
  const script = `
    import { pipeCamera } from ${JSON.stringify(new URL('./pipe-camera.ts', import.meta.url).href)};
    import { systemClock } from ${JSON.stringify(new URL('../clock.ts', import.meta.url).href)};
    pipeCamera(${camera}, { clock: systemClock }).start({ onFrame() {} });
    setTimeout(() => process.exit(7), 500);`;
  const ended = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', script], {
    timeout: 60_000,
  });
  assert.is(ended.status, 7, String(ended.stderr));
});

test('the presets call their programs as written in docs/hardware.md', () => {
  const common = { width: 1280, height: 720, framesPerSecond: 30, silenceMilliseconds: 5_000 };
  const piLight = { shutter: 4_000, gain: null, brightness: -1, focus: 6.7 };
  const pi = rpicamPipe({ ...common, ...piLight });
  assert.is(
    [pi.program, ...pi.args].join(' '),
    'rpicam-vid -t 0 -n --codec yuv420 --width 1280 --height 720 --framerate 30 --flush ' +
      '--denoise cdn_off --shutter 4000 --ev=-1 --autofocus-mode manual --lens-position 6.7 -o -',
  );
  assert.is(pi.frameBytes, 1_382_400);
  const padded = rpicamPipe({ ...common, ...piLight, width: 480, height: 320, gain: 2 });
  assert.equal([padded.rowBytes, padded.frameBytes], [512, 245_760]);
  assert.ok(padded.args.join(' ').includes('--gain 2'));
  const usbLight = {
    shutter: 4_000,
    gain: null,
    focus: 120,
    controls: { power_line_frequency: 1 },
  };
  const device = '/dev/video0';
  const usb = v4l2Pipe({ ...common, ...usbLight, device, inputFormat: 'mjpeg' });
  assert.is(usb.program, 'ffmpeg');
  assert.ok(usb.args.join(' ').endsWith('-i /dev/video0 -f rawvideo -pix_fmt gray -'));
  assert.is(usb.frameBytes, 921_600);
  const other = rpicamPipe({ ...common, ...piLight, program: ['node', 'camera.ts'] });
  assert.equal([other.program, other.args[0], other.args[1]], ['node', 'camera.ts', '-t']);
  const automatic = { shutter: null, gain: null, brightness: 0, focus: null };
  assert.ok(!/shutter|ev|focus|lens/.test(rpicamPipe({ ...common, ...automatic }).args.join(' ')));
});

test('a USB camera is given light and focus under the names that it knows', async () => {
  const asked = v4l2Controls({ shutter: 4_000, gain: 10, focus: 120, controls: { zoom: 0 } });
  const taken: string[] = [];
  const warned: object[] = [];
  const log = { info() {}, warn: (fields: object) => void warned.push(fields) };
  const set = controlSetter('/dev/video0', asked, async (args) => {
    const control = args[2] as string;
    if (/auto_exposure|exposure_time|zoom/.test(control)) throw new Error('unknown control');
    taken.push(control.replace('--set-ctrl=', ''));
  });
  await set(log);
  assert.equal(taken, [
    'exposure_auto=1',
    'exposure_absolute=40',
    'gain=10',
    'focus_automatic_continuous=0',
    'focus_absolute=120',
  ]);
  assert.equal(warned, [
    { code: 'camera-control-refused', device: '/dev/video0', refused: ['zoom'] },
  ]);
  await set(log);
  assert.equal([taken.length, warned.length], [10, 1], 'set again, and said once');
});

test.run();
