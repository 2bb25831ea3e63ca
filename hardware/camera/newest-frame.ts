import type { CameraListener, Frame } from '../devices.ts';

/** Hands frames to a listener that may be slower than the camera; holds one frame, the newest. */
export interface NewestFrame {
  /** Gives the frame on, or keeps it in the place of an older one, which is counted as dropped. */
  offer(frame: Frame): void;
  /** Forgets the kept frame and gives nothing on any more. Resolves when the listener is done. */
  stop(): Promise<void>;
}

export interface NewestFrameParts {
  readonly listener: CameraListener;
  readonly counts: { frames: number; dropped: number };
  /** The frame's memory is free again. */
  onFree(frame: Frame): void;
  /** The listener threw or rejected. */
  onRefused(error: unknown): void;
}

export function newestFrame(parts: NewestFrameParts): NewestFrame {
  let waiting: Frame | undefined;
  let busy: Promise<void> | undefined;
  let stopped = false;

  function give(frame: Frame): void {
    parts.counts.frames += 1;
    let answer: unknown;
    try {
      answer = parts.listener.onFrame(frame);
    } catch (error) {
      parts.onRefused(error);
    }
    if (!(answer instanceof Promise)) {
      parts.onFree(frame);
      return;
    }
    busy = answer.catch(parts.onRefused).then(() => {
      busy = undefined;
      parts.onFree(frame);
      const next = waiting;
      waiting = undefined;
      if (next && !stopped) give(next);
    });
  }

  return {
    offer(frame) {
      if (stopped) return;
      if (!busy) {
        give(frame);
        return;
      }
      if (waiting) {
        parts.counts.dropped += 1;
        parts.onFree(waiting);
      }
      waiting = frame;
    },
    async stop() {
      stopped = true;
      waiting = undefined;
      await busy;
    },
  };
}
