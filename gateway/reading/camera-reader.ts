import type { Camera, Frame, Health } from '@gatehouse/hardware';
import { canonical } from '@gatehouse/protocol';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { type Decoder, FRAME_FORMATS, type Wanted } from './decoder.ts';
import type { FrameFigures } from './figures.ts';
import type { Reading } from './reading.ts';

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
  /** The newest picture, copied; undefined before the first. Its lower part may be newer still. */
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
  /** What this entrance reads; what most tickets carry, if left out. */
  readonly wanted?: Wanted | undefined;
}

export function createCameraReader(options: CameraReaderOptions): CameraReader {
  const { camera, decoder, clock, log } = options;
  const wanted = options.wanted ?? { formats: FRAME_FORMATS };
  const number = decoder.camera();
  let copy = new Uint8Array(new SharedArrayBuffer(0));
  let newest: Picture | undefined;
  let failing = false;

  /** The frame where the decoder's thread sees it: there already, or copied. */
  function share({ width, height, luma }: Frame): Picture {
    if (luma.buffer instanceof SharedArrayBuffer) return { width, height, luma };
    if (copy.length !== luma.length) copy = new Uint8Array(new SharedArrayBuffer(luma.length));
    copy.set(luma);
    return { width, height, luma: copy };
  }

  return {
    async start({ onReading, onHealth, onFigures }) {
      await camera.start({
        onHealth,
        onFrame: async (frame) => {
          const { at } = frame;
          newest = share(frame);
          try {
            const { codes, figures } = await decoder.frame(number, newest, at, wanted);
            if (figures) onFigures?.(figures);
            for (const { text, symbology, stage, believed, corners } of codes) {
              if (believed === false) continue;
              const code = canonical(text, symbology);
              const took = clock.mono() - at;
              const read = { code, raw: text, symbology, source: 'camera', at, took } as const;
              onReading({ ...read, stage, corners });
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
    picture: () => newest && { ...newest, luma: Uint8Array.from(newest.luma) },
  };
}
