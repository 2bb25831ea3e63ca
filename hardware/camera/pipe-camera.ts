import { type ChildProcess, spawn } from 'node:child_process';
import type { Camera, CameraListener, Frame, HardwareClock } from '../devices.ts';
import { type DeviceParts, healthReport } from '../health.ts';
import { nextRetry } from '../kept-wire.ts';
import { type NewestFrame, newestFrame } from './newest-frame.ts';

/** A program that writes raw frames to its standard output. */
export interface PipeCameraSettings {
  readonly program: string;
  readonly args: readonly string[];
  readonly width: number;
  readonly height: number;
  /** Bytes of one frame on the pipe; the first `width * height` of them are the brightness. */
  readonly frameBytes: number;
  /** Milliseconds without a frame after which the program is started again. */
  readonly silenceMilliseconds: number;
}

/** One frame being filled, one waiting, one with the listener. */
const FRAMES_IN_MEMORY = 3;
const KILL_AFTER_MILLISECONDS = 2_000;
/** What is kept of the program's own words, for health. */
const MAX_STDERR_CHARACTERS = 2_048;

/** A camera behind a child process. The pipe is always drained, however slow the listener is. */
export function pipeCamera(settings: PipeCameraSettings, parts: DeviceParts): Camera {
  const counts = { frames: 0, dropped: 0 };
  let run: CameraRun | undefined;
  return {
    counts,
    async start(listener) {
      run ??= cameraRun(settings, parts, listener, counts);
      await run.started;
    },
    async stop() {
      const last = run;
      run = undefined;
      await last?.stop();
    },
  };
}

interface CameraRun {
  readonly started: Promise<void>;
  stop(): Promise<void>;
}

/** From start to stop: the children one after another, with a back-off between them. */
function cameraRun(
  settings: PipeCameraSettings,
  { clock, log }: DeviceParts,
  listener: CameraListener,
  counts: { frames: number; dropped: number },
): CameraRun {
  const health = healthReport('camera', listener, log);
  const { promise: started, resolve: answered } = Promise.withResolvers<void>();
  const memory = frameMemory(settings);
  const slot = newestFrame({
    listener,
    counts,
    onFree: (frame) => memory.give(frame.luma),
    onRefused: (error) => health.fail('camera-frame-refused', String(error)),
  });
  let child: ChildProcess | undefined;
  let pause: number | undefined;
  let restart: unknown;
  let silence: unknown;
  let running = true;

  function watch(watched: ChildProcess): void {
    clock.clearTimeout(silence);
    silence = clock.setTimeout(() => {
      health.fail('camera-silent');
      watched.kill('SIGKILL');
    }, settings.silenceMilliseconds);
  }

  function open(): void {
    const mine = spawn(settings.program, [...settings.args], { stdio: ['ignore', 'pipe', 'pipe'] });
    child = mine;
    let words = '';
    let ended = false;
    const end = (missing?: NodeJS.ErrnoException) => {
      if (ended) return;
      ended = true;
      clock.clearTimeout(silence);
      if (!running) return;
      if (missing) health.fail('camera-program-missing', missing.code ?? missing.message);
      else health.fail('camera-ended', words.trim().split('\n').at(-1));
      pause = nextRetry(pause);
      restart = clock.setTimeout(open, pause);
    };
    mine.on('error', end);
    mine.on('close', () => end());
    mine.stderr.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-MAX_STDERR_CHARACTERS);
    });
    const onFrame = () => {
      watch(mine);
      pause = undefined;
      health.ok();
      answered();
    };
    watch(mine);
    fillFrames(mine, settings, memory, clock, { slot, onFrame });
  }

  open();
  return {
    started,
    async stop() {
      running = false;
      clock.clearTimeout(restart);
      clock.clearTimeout(silence);
      answered();
      await endChild(child, clock);
      await slot.stop();
    },
  };
}

interface FrameMemory {
  take(): Uint8Array;
  give(luma: Uint8Array): void;
}

/** Reused frame memory; never more than three frames are in use at once. */
function frameMemory(settings: PipeCameraSettings): FrameMemory {
  const free: Uint8Array[] = [];
  return {
    take: () => free.pop() ?? new Uint8Array(settings.width * settings.height),
    give(luma) {
      if (free.length < FRAMES_IN_MEMORY) free.push(luma);
    },
  };
}

/** Cuts the byte stream into frames and copies only the brightness. */
function fillFrames(
  child: ChildProcess,
  settings: PipeCameraSettings,
  memory: FrameMemory,
  clock: HardwareClock,
  to: { slot: NewestFrame; onFrame: (frame: Frame) => void },
): void {
  const { width, height, frameBytes } = settings;
  const lumaBytes = width * height;
  let luma = memory.take();
  let filled = 0;
  child.stdout?.on('data', (bytes: Buffer) => {
    let from = 0;
    while (from < bytes.length) {
      const take = Math.min(bytes.length - from, frameBytes - filled);
      if (filled < lumaBytes) {
        const part = Math.min(take, lumaBytes - filled);
        luma.set(bytes.subarray(from, from + part), filled);
      }
      filled += take;
      from += take;
      if (filled === frameBytes) {
        const frame = { width, height, luma, at: clock.now() };
        filled = 0;
        to.onFrame(frame);
        to.slot.offer(frame);
        luma = memory.take();
      }
    }
  });
}

/** Ends the child, at last by force, and waits for it. */
async function endChild(child: ChildProcess | undefined, clock: HardwareClock): Promise<void> {
  if (!child || child.pid === undefined || child.exitCode !== null || child.signalCode) return;
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.kill('SIGTERM');
  const force = clock.setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MILLISECONDS);
  await gone;
  clock.clearTimeout(force);
}
