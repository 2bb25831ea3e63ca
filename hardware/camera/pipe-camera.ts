import type { Camera, CameraListener } from '../devices.ts';
import { type DeviceParts, healthReport } from '../health.ts';
import { nextRetry } from '../kept-wire.ts';
import {
  type CameraCommand,
  type CameraEnd,
  type CameraProgram,
  startCamera,
} from './camera-program.ts';
import { createFrameReader } from './frame-reader.ts';
import { countsOf, createFrameRing, type FrameRing } from './frame-ring.ts';
import { WRONG_SIZE_AFTER } from './pace.ts';
import { createRingFrames } from './ring-frames.ts';

/** A program that writes raw frames to its standard output. */
export interface PipeCameraSettings extends CameraCommand {
  readonly width: number;
  readonly height: number;
  /** Bytes from one row of brightness to the next; `width` where rows are not padded. */
  readonly rowBytes?: number;
  /** Bytes of one frame on the pipe; brightness comes first. */
  readonly frameBytes: number;
  /** Half a frame's time without a byte is the pause between two frames. */
  readonly framesPerSecond: number;
  /** Milliseconds without a frame after which the program is started again. */
  readonly silenceMilliseconds: number;
  /** Done before each start of the program, and never fails. */
  readonly prepare?: (log: DeviceParts['log']) => Promise<void>;
}

/** Frames for so long prove a camera well: its next loss is waited for as shortly as the first. */
export const STEADY_MILLISECONDS = 10_000;
/** How often a silence is looked for within the time that makes one. */
const SILENCE_LOOKS = 4;
/** The first frame of a program may take so many silences: on a busy machine it starts slowly. */
const STARTING_SILENCES = 4;

/** A camera behind a child process. The pipe is always drained, however slow the listener is. */
export function pipeCamera(settings: PipeCameraSettings, parts: DeviceParts): Camera {
  let last = { frames: 0, dropped: 0 };
  let run: CameraRun | undefined;
  return {
    get counts() {
      return run?.counts ?? last;
    },
    async start(listener) {
      run ??= cameraRun(settings, parts, listener);
      await run.started;
    },
    async stop() {
      const ending = run;
      await ending?.stop();
      last = ending?.counts ?? last;
      run = undefined;
    },
  };
}

interface CameraRun {
  readonly started: Promise<void>;
  readonly counts: Camera['counts'];
  stop(): Promise<void>;
}

/** From start to stop: the program's lives one after another, with a back-off between them. */
function cameraRun(
  settings: PipeCameraSettings,
  { clock, log }: DeviceParts,
  listener: CameraListener,
): CameraRun {
  const { width, height, rowBytes = width, frameBytes } = settings;
  const shape = { width, height, rowBytes, frameBytes, pauseMs: 500 / settings.framesPerSecond };
  const health = healthReport('camera', listener, log);
  const { promise: started, resolve: answered } = Promise.withResolvers<void>();
  const ring = createFrameRing(rowBytes * height);
  /** Frames of this life that are not believed yet: those of before had a wrong size. */
  let unproved = 0;
  const frames = createRingFrames({
    ...{ ring, width, height, clock, listener },
    onFrame() {
      unproved -= 1;
      if (unproved > 0) return;
      health.ok();
      answered();
    },
    onRefused: (error) => health.fail('camera-frame-refused', String(error)),
  });
  const reader = createFrameReader(ring, shape, frames.look);
  const silence = silenceWatch(ring, settings.silenceMilliseconds, clock);
  let program: CameraProgram | undefined;
  let pause: number | undefined;
  let restart: unknown;
  let running = true;

  async function live(): Promise<CameraEnd> {
    await settings.prepare?.(log);
    if (!running) return { code: 'camera-ended' };
    const mine = await startCamera(settings, reader, clock);
    program = mine;
    if (!running) mine.kill();
    frames.look();
    silence.start({
      onSilent() {
        health.fail('camera-silent');
      },
      onGivenUp: () => mine.kill(),
      onSteady() {
        pause = undefined;
      },
    });
    const end = await mine.over;
    silence.stop();
    program = undefined;
    return end;
  }

  async function open(): Promise<void> {
    const { code, detail } = await live().catch(
      (error: Error): CameraEnd => ({ code: 'camera-ended', detail: error.message }),
    );
    if (!running) return;
    const asked = code === 'camera-wrong-size' ? `, not ${frameBytes}` : '';
    unproved = code === 'camera-wrong-size' ? 2 * WRONG_SIZE_AFTER : 0;
    health.fail(code, detail && `${detail}${asked}`);
    pause = nextRetry(pause);
    restart = clock.setTimeout(() => {
      present = open();
    }, pause);
  }

  let present = open();
  return {
    started,
    get counts() {
      return frames.counts;
    },
    async stop() {
      running = false;
      clock.clearTimeout(restart);
      answered();
      await program?.end();
      await present;
      await reader.stop();
      await frames.stop();
    },
  };
}

/** Looks now and then whether frames still come, so that no frame sets a timer. */
function silenceWatch(ring: FrameRing, silenceMs: number, clock: DeviceParts['clock']) {
  let timer: unknown;
  function start(told: { onSilent(): void; onGivenUp(): void; onSteady(): void }): void {
    const begun = clock.now();
    const before = countsOf(ring).frames;
    let seen = before;
    let quiet = 0;
    const look = () => {
      const { frames } = countsOf(ring);
      quiet = frames === seen ? quiet + 1 : 0;
      seen = frames;
      if (quiet === SILENCE_LOOKS) told.onSilent();
      const silences = frames === before ? STARTING_SILENCES : 1;
      if (quiet >= silences * SILENCE_LOOKS) return told.onGivenUp();
      if (quiet === 0 && clock.now() - begun >= STEADY_MILLISECONDS) told.onSteady();
      timer = clock.setTimeout(look, silenceMs / SILENCE_LOOKS);
    };
    timer = clock.setTimeout(look, silenceMs / SILENCE_LOOKS);
  }
  return { start, stop: () => clock.clearTimeout(timer) };
}
