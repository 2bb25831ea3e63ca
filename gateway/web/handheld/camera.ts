import { createBelief } from './belief.ts';
import type { DecodeAnswer, DecodeRequest } from './decode-worker.ts';

const WANTED = { width: { ideal: 1280 }, height: { ideal: 720 } } as const;
/** Every so many frames without a code one is looked at thoroughly. */
const HARD_EVERY = 4;
/** Frames so fast one after another show the same; the battery thanks. */
const FRAME_EVERY_MS = 60;

/** Away from whoever holds the phone, or towards them. */
export type Facing = 'back' | 'front';

export interface CameraRead {
  readonly code: string;
  readonly symbology: string;
  /** Monotonic milliseconds at which the camera had taken the frame. */
  readonly at: number;
}

/** Why there is no picture: no permission, no camera, no trusted address, or a fault. */
export type CameraFault = 'refused' | 'none' | 'insecure' | 'failed';

export interface Camera {
  stop(): void;
  /** Turns the lamp on or off. @returns false where there is none */
  torch(on: boolean): Promise<boolean>;
  readonly hasTorch: boolean;
}

/**
 * Reads codes from the phone's camera in a worker: one frame at a time, the newest always.
 * @throws Error whose `cause` is a {@link CameraFault}
 */
export async function startCamera(
  video: HTMLVideoElement,
  facing: Facing,
  onRead: (read: CameraRead) => void,
): Promise<Camera> {
  // The decoder loads while the camera is still being asked for.
  const worker = new Worker(new URL('./decode-worker.ts', import.meta.url), { type: 'module' });
  const loaded = new Promise<void>((resolve) => {
    worker.onmessage = () => resolve();
  });
  const stream = await openStream(facing).catch((fault: unknown) => {
    worker.terminate();
    throw fault;
  });
  video.srcObject = stream;
  video.muted = true;
  await video.play();
  const [track] = stream.getVideoTracks();
  const can = (track?.getCapabilities?.() ?? {}) as { torch?: boolean };
  const stopReading = readFrames(video, { worker, loaded }, onRead);
  return {
    hasTorch: can.torch === true,
    async torch(on) {
      if (!can.torch || !track) return false;
      await track.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] });
      return true;
    },
    stop() {
      stopReading();
      for (const one of stream.getTracks()) one.stop();
      video.srcObject = null;
    },
  };
}

async function openStream(facing: Facing): Promise<MediaStream> {
  const fail = (cause: CameraFault) => new Error(`no camera: ${cause}`, { cause });
  if (!navigator.mediaDevices) throw fail('insecure');
  const facingMode = { ideal: facing === 'back' ? 'environment' : 'user' };
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { ...WANTED, facingMode } });
  } catch (error) {
    const { name } = error as Error;
    if (name === 'NotAllowedError' || name === 'SecurityError') throw fail('refused');
    throw fail(name === 'NotFoundError' || name === 'OverconstrainedError' ? 'none' : 'failed');
  }
}

/** Gives each frame to the worker as soon as it has answered the last. */
function readFrames(
  video: HTMLVideoElement,
  { worker, loaded }: { worker: Worker; loaded: Promise<void> },
  onRead: (read: CameraRead) => void,
): () => void {
  const believed = createBelief();
  let isOn = true;
  let empty = 0;
  let at = 0;
  let frame = 0;

  async function take(now: number, meta?: VideoFrameCallbackMetadata): Promise<void> {
    if (!isOn) return;
    if (now - at < FRAME_EVERY_MS || video.videoWidth === 0) return next();
    at = meta?.captureTime ?? now;
    const bitmap = await createImageBitmap(video);
    const hard = empty % HARD_EVERY === HARD_EVERY - 1;
    worker.postMessage({ frame: bitmap, hard } satisfies DecodeRequest, [bitmap]);
  }

  function next(): void {
    if (!isOn) return;
    const failed = (fault: unknown) => {
      // A frame that is gone by the time it is taken: the next one comes.
      console.warn(fault);
      setTimeout(next, FRAME_EVERY_MS);
    };
    const run = (now: number, meta?: VideoFrameCallbackMetadata) => {
      take(now, meta).catch(failed);
    };
    if ('requestVideoFrameCallback' in video) frame = video.requestVideoFrameCallback(run);
    else frame = requestAnimationFrame((now) => run(now));
  }

  worker.onmessage = ({ data }: MessageEvent<DecodeAnswer>) => {
    if (!isOn) return;
    if (data.fault) console.warn(data.fault);
    empty = data.codes.length === 0 ? empty + 1 : 0;
    for (const { text, symbology } of data.codes) {
      if (believed(text, symbology, at)) onRead({ code: text, symbology, at });
    }
    next();
  };
  // Either this or the handler above hears that it has loaded, and begins.
  void loaded.then(next);
  return () => {
    isOn = false;
    worker.terminate();
    if ('cancelVideoFrameCallback' in video) video.cancelVideoFrameCallback(frame);
  };
}
