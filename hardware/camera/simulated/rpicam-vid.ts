/**
 * Takes the place of `rpicam-vid`: its arguments, yuv420 frames on standard output. `--scene PATH`
 * (`tcp://host:port` or `unix:/path`) is where a `simulatedScene` says what the camera sees.
 */
import { parseArgs } from 'node:util';
import { systemClock } from '../../clock.ts';
import { sceneView } from './scene-view.ts';

const { values } = parseArgs({
  options: {
    timeout: { type: 'string', short: 't', default: '5000' },
    nopreview: { type: 'boolean', short: 'n', default: false },
    codec: { type: 'string', default: 'h264' },
    width: { type: 'string', default: '1280' },
    height: { type: 'string', default: '720' },
    framerate: { type: 'string', default: '30' },
    flush: { type: 'boolean', default: false },
    output: { type: 'string', short: 'o', default: '' },
    denoise: { type: 'string', default: 'auto' },
    shutter: { type: 'string', default: '0' },
    gain: { type: 'string', default: '0' },
    ev: { type: 'string', default: '0' },
    'autofocus-mode': { type: 'string', default: 'default' },
    'lens-position': { type: 'string', default: '' },
    scene: { type: 'string' },
  },
});

function refuse(text: string): never {
  process.stderr.write(`ERROR: *** ${text} ***\n`);
  process.exit(255);
}

const width = Number(values.width);
const height = Number(values.height);
const framesPerSecond = Number(values.framerate);
if (values.codec !== 'yuv420') refuse('only --codec yuv420 is simulated');
if (values.output !== '-') refuse('only -o - is simulated');
if (!(width >= 2 && height >= 2 && width % 2 === 0 && height % 2 === 0)) refuse('bad size');
if (!(framesPerSecond > 0 && framesPerSecond <= 120)) refuse('bad frame rate');

const view = sceneView({
  width,
  height,
  scene: values.scene,
  clock: systemClock,
  random: Math.random,
  warn: (text) => process.stderr.write(`${text}\n`),
});
/** Rows begin at multiples of 64 bytes, as on a Pi. */
const rowBytes = Math.ceil(width / 64) * 64;
const colour = new Uint8Array((rowBytes * height) / 2).fill(128);

function withPadding(luma: Uint8Array): Uint8Array {
  if (rowBytes === width) return luma;
  const padded = new Uint8Array(rowBytes * height);
  for (let y = 0; y < height; y += 1) {
    padded.set(luma.subarray(y * width, (y + 1) * width), y * rowBytes);
  }
  return padded;
}

const timer = setInterval(() => {
  // a real camera drops frames when the reader stalls; so does this one
  if (process.stdout.writableNeedDrain) return;
  process.stdout.write(withPadding(view.next()));
  process.stdout.write(colour);
}, 1000 / framesPerSecond);

function end(): void {
  clearInterval(timer);
  void view.stop().then(() => process.exit(0));
}

process.stdout.on('error', end);
process.on('SIGTERM', end);
process.on('SIGINT', end);
if (Number(values.timeout) > 0) setTimeout(end, Number(values.timeout));
view.start();
