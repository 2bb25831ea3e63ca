import type { CameraListener, Frame, HardwareClock } from '../devices.ts';
import { countsOf, type FrameRing, machineNow, sleep, takeNewest } from './frame-ring.ts';

/** Hands the newest frame of a ring to a listener that may be slower than the camera. */
export interface RingFrames {
  /** Gives frames on until none is there; called at the start and whenever one came. */
  look(): void;
  /** Gives nothing on any more. Resolves when the listener is done. */
  stop(): Promise<void>;
  /** Frames given on, and frames that newer ones replaced. */
  readonly counts: { frames: number; dropped: number };
}

export interface RingFramesParts {
  readonly ring: FrameRing;
  readonly width: number;
  readonly height: number;
  readonly clock: HardwareClock;
  readonly listener: CameraListener;
  /** One is about to be given on. */
  onFrame(): void;
  /** The listener threw or rejected. */
  onRefused(error: unknown): void;
}

export function createRingFrames(parts: RingFramesParts): RingFrames {
  const { ring, width, height, clock, listener } = parts;
  // Made once: a frame in use is never given out again, so its object may be used again too.
  const frames = ring.slots.map((slot) => ({
    ...{ width, height, at: 0 },
    luma: slot.subarray(0, width * height),
  }));
  let given = 0;
  let busy: Promise<void> | undefined;
  let isStopped = false;

  function newest(): Frame | undefined {
    const slot = takeNewest(ring);
    const frame = slot === undefined ? undefined : frames[slot];
    if (!frame) return undefined;
    const age = machineNow() - (ring.times[slot as number] as number);
    frame.at = clock.now() - Math.max(0, age);
    return frame;
  }

  function give(frame: Frame): void {
    given += 1;
    parts.onFrame();
    let answer: unknown;
    try {
      answer = listener.onFrame(frame);
    } catch (error) {
      parts.onRefused(error);
    }
    if (!(answer instanceof Promise)) return;
    busy = answer.catch(parts.onRefused).then(() => {
      busy = undefined;
      look();
    });
  }

  function look(): void {
    while (!busy && !isStopped) {
      const frame = newest();
      if (frame) give(frame);
      else if (sleep(ring)) return;
    }
  }

  return {
    look,
    async stop() {
      isStopped = true;
      await busy;
    },
    get counts() {
      return { frames: given, dropped: countsOf(ring).dropped };
    },
  };
}
