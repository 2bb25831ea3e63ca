import type { Camera, Frame, Health } from '@gatehouse/hardware';
import { canonical, kindOf } from '@gatehouse/protocol';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { createChange } from './change.ts';
import { type Decoder, FRAME_FORMATS } from './decoder.ts';
import type { FrameFigures } from './figures.ts';
import type { DecodedCode, Reading } from './reading.ts';

/** A still scene is read again this often, so that a ticket already lying there is found. */
const STILL_EVERY_MS = 400;
/** Every so many frames without a code one is looked at thoroughly. */
const THOROUGH_EVERY = 4;
/** Barcodes that noise can imitate count only when two readings in this time agree. */
const AGREE_WITHIN_MS = 1_000;
const SELF_CHECKING = new Set(['QRCode', 'Aztec', 'DataMatrix']);

/** Reads codes from a camera's frames; while one frame is decoded newer ones replace each other. */
export interface CameraReader {
  start(listener: {
    onReading(reading: Reading): void;
    onHealth(health: Health): void;
    /** What each frame was like, before what was read in it. */
    onFigures?(figures: FrameFigures): void;
  }): Promise<void>;
  stop(): Promise<void>;
  readonly counts: Camera['counts'];
  /** The newest picture, copied; undefined before the first. */
  picture(): Picture | undefined;
}

/** One byte of brightness a pixel. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly luma: Uint8Array;
}

export interface CameraReaderOptions {
  readonly camera: Camera;
  readonly decoder: Decoder;
  readonly clock: Clock;
  readonly log: Log;
  /** zxing's names of the symbologies that this entrance reads. */
  readonly formats?: readonly string[] | undefined;
}

export function createCameraReader(options: CameraReaderOptions): CameraReader {
  const { camera, decoder, clock, log } = options;
  const formats = options.formats ?? FRAME_FORMATS;
  const changed = createChange();
  let shared = new Uint8Array(new SharedArrayBuffer(0));
  let decodedAt = Number.NEGATIVE_INFINITY;
  let size: { width: number; height: number } | undefined;
  let empty = 0;
  let seen: { text: string; at: number } | undefined;
  let failing = false;

  async function decode(frame: Frame): Promise<readonly DecodedCode[]> {
    const { width, height, luma } = frame;
    const isNew = changed(luma, width, height);
    if (!isNew && clock.mono() - decodedAt < STILL_EVERY_MS) return [];
    decodedAt = clock.mono();
    if (shared.length !== luma.length) shared = new Uint8Array(new SharedArrayBuffer(luma.length));
    shared.set(luma);
    size = { width, height };
    const effort = empty % THOROUGH_EVERY === THOROUGH_EVERY - 1 ? 'thorough' : 'light';
    const { codes } = await decoder.decode({ luma: shared, width, height }, effort, formats);
    empty = codes.length === 0 ? empty + 1 : 0;
    return codes;
  }

  /** Whether a code may be believed: it checks itself, is our own grammar, or was read twice. */
  function believed({ text, symbology }: DecodedCode): boolean {
    if (SELF_CHECKING.has(symbology) || kindOf(canonical(text, symbology)) !== 'other') return true;
    const now = clock.mono();
    const agreed = seen?.text === text && now - seen.at <= AGREE_WITHIN_MS;
    seen = { text, at: now };
    return agreed;
  }

  return {
    async start({ onReading, onHealth }) {
      await camera.start({
        onHealth,
        onFrame: async (frame) => {
          const { at } = frame;
          try {
            for (const code of (await decode(frame)).filter(believed)) {
              onReading({
                code: canonical(code.text, code.symbology),
                raw: code.text,
                symbology: code.symbology,
                source: 'camera',
                at,
                took: clock.mono() - at,
                corners: code.corners,
              });
            }
            failing = false;
          } catch (error) {
            // A decoder that is away fails every frame; one line says so.
            if (!failing) log.error({ fault: (error as Error).message }, 'frame not decoded');
            failing = true;
          }
        },
      });
    },
    stop: () => camera.stop(),
    get counts() {
      return camera.counts;
    },
    picture: () => size && { ...size, luma: Uint8Array.from(shared) },
  };
}
