import sharp from 'sharp';
import type { HardwareClock } from '../../devices.ts';
import { keepWire } from '../../kept-wire.ts';
import { MAX_SCENE_BYTES, SCENE_HEAD_BYTES } from './scene.ts';

/** Share of the frame that a picture held to the camera fills. */
const HELD_SHARE = 0.9;
const BACKGROUND = 96;
/** Prepared empty scenes; they differ by noise and take turns, since making noise costs time. */
const EMPTY_SCENES = 4;
const NOISE = 6;

/** What a simulated camera sees, frame after frame. */
export interface SceneView {
  start(): void;
  stop(): Promise<void>;
  /** Brightness of the next frame, `width * height` bytes. */
  next(): Uint8Array;
}

export interface SceneViewParts {
  readonly width: number;
  readonly height: number;
  /** Where a `simulatedScene` listens; without one the scene stays empty. */
  readonly scene?: string | undefined;
  readonly clock: HardwareClock;
  random(): number;
  warn(text: string): void;
}

export function sceneView(parts: SceneViewParts): SceneView {
  const { width, height, clock } = parts;
  const empty = Array.from({ length: EMPTY_SCENES }, () => emptyScene(parts));
  let turn = 0;
  let held: { luma: Uint8Array; until: number } | undefined;
  let newest = 0;

  async function hold(picture: Uint8Array, milliseconds: number): Promise<void> {
    newest += 1;
    const mine = newest;
    held = undefined;
    if (picture.length === 0) return;
    const until = clock.now() + milliseconds;
    try {
      const luma = await drawHeld(picture, width, height);
      if (mine === newest) held = { luma, until };
    } catch (error) {
      parts.warn(`the picture cannot be shown: ${String(error)}`);
    }
  }

  const read = messageReader((picture, milliseconds) => void hold(picture, milliseconds));
  const wire =
    parts.scene === undefined
      ? undefined
      : keepWire({
          path: parts.scene,
          serial: { baud: 0 },
          clock,
          onOpen: () => {
            read.reset();
            wire?.answered();
          },
          onData: (bytes) => read.push(bytes),
          onLost: (error) => parts.warn(`no scene: ${error.message}`),
        });
  return {
    start: () => wire?.start(),
    stop: async () => wire?.stop(),
    next() {
      if (held && clock.now() < held.until) return held.luma;
      held = undefined;
      turn = (turn + 1) % EMPTY_SCENES;
      return empty[turn]!;
    },
  };
}

/** A dim wall, lighter towards the top, with a little noise. */
function emptyScene({ width, height, random }: SceneViewParts): Uint8Array {
  const luma = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const wall = BACKGROUND - Math.round((32 * y) / height);
    for (let x = 0; x < width; x += 1) {
      luma[y * width + x] = wall + Math.floor(random() * NOISE);
    }
  }
  return luma;
}

async function drawHeld(picture: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  const background = { r: BACKGROUND, g: BACKGROUND, b: BACKGROUND };
  const inner = {
    width: Math.round(width * HELD_SHARE),
    height: Math.round(height * HELD_SHARE),
  };
  const fitted = await sharp(picture)
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .resize({ ...inner, fit: 'contain', background })
    .toColourspace('srgb')
    .png({ compressionLevel: 0 })
    .toBuffer();
  return sharp({ create: { width, height, channels: 3, background } })
    .composite([{ input: fitted, gravity: 'centre' }])
    .toColourspace('b-w')
    .extractChannel(0)
    .raw({ depth: 'uchar' })
    .toBuffer();
}

/** Puts messages together from pieces; a length over the limit empties the reader. */
function messageReader(onPicture: (picture: Uint8Array, milliseconds: number) => void) {
  let pending: Buffer[] = [];
  let length = 0;
  const reset = () => {
    pending = [];
    length = 0;
  };
  return {
    reset,
    push(bytes: Uint8Array) {
      pending.push(Buffer.from(bytes));
      length += bytes.length;
      while (length >= SCENE_HEAD_BYTES) {
        if (pending.length > 1 && pending[0]!.length < SCENE_HEAD_BYTES) {
          pending = [Buffer.concat(pending)];
        }
        const size = pending[0]!.readUInt32BE(0);
        if (size > MAX_SCENE_BYTES) return reset();
        if (length < SCENE_HEAD_BYTES + size) return;
        const all = Buffer.concat(pending);
        onPicture(all.subarray(SCENE_HEAD_BYTES, SCENE_HEAD_BYTES + size), all.readUInt32BE(4));
        pending = [all.subarray(SCENE_HEAD_BYTES + size)];
        length = pending[0]!.length;
      }
    },
  };
}
