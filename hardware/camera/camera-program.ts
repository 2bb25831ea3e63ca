import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { HardwareClock } from '../devices.ts';
import type { HardwareErrorCode } from '../errors.ts';
import { openCameraPipe } from './camera-pipe.ts';
import type { StreamEnd } from './fill-ring.ts';
import type { FrameReader } from './frame-reader.ts';

/** A program that writes raw frames to its standard output. */
export interface CameraCommand {
  readonly program: string;
  readonly args: readonly string[];
}

/** One life of a camera's program. */
export interface CameraProgram {
  /** Resolves with why it is over, when program and pipe have both ended. */
  readonly over: Promise<CameraEnd>;
  kill(): void;
  /** Asks it to end, at last by force. */
  end(): Promise<void>;
}

export interface CameraEnd {
  readonly code: HardwareErrorCode;
  readonly detail?: string | undefined;
}

const KILL_AFTER_MILLISECONDS = 2_000;
/** A pipe that a program's own children hold open is given up so long after the program. */
const DRAIN_MILLISECONDS = 2_000;
/** What is kept of the program's own words, for health. */
const MAX_STDERR_CHARACTERS = 2_048;

/** @throws where no pipe can be made, with the system's own words */
export async function startCamera(
  { program, args }: CameraCommand,
  reader: FrameReader,
  clock: HardwareClock,
): Promise<CameraProgram> {
  const pipe = await openCameraPipe();
  const child = spawn(program, [...args], { stdio: ['ignore', pipe.write, 'pipe'] });
  closeSync(pipe.write);
  const forget = whileItRuns(() => {
    child.kill('SIGKILL');
    reader.giveUp();
  });
  const over = endOf(child, reader.read(pipe.read), reader, clock).finally(forget);
  return {
    over,
    kill: () => void child.kill('SIGKILL'),
    async end() {
      child.kill('SIGTERM');
      const force = clock.setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MILLISECONDS);
      await over;
      clock.clearTimeout(force);
    },
  };
}

async function endOf(
  child: ChildProcess,
  streaming: Promise<StreamEnd>,
  reader: FrameReader,
  clock: HardwareClock,
): Promise<CameraEnd> {
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-MAX_STDERR_CHARACTERS);
  });
  const gone = Promise.withResolvers<NodeJS.ErrnoException | undefined>();
  let draining: unknown;
  child.once('error', gone.resolve);
  child.once('close', () => gone.resolve(undefined));
  child.once('exit', () => {
    draining = clock.setTimeout(() => {
      reader.giveUp();
      child.stderr?.destroy();
    }, DRAIN_MILLISECONDS);
  });
  const end = await streaming;
  if (end.why === 'wrong-size' || end.why === 'stopped') child.kill('SIGKILL');
  const missing = await gone.promise;
  clock.clearTimeout(draining);
  if (missing) return { code: 'camera-program-missing', detail: missing.code ?? missing.message };
  if (end.why === 'wrong-size') {
    return { code: 'camera-wrong-size', detail: `${end.length} bytes a frame` };
  }
  const last = words.trim().split('\n').at(-1);
  const half = end.why === 'half-frame' ? 'in the middle of a frame' : undefined;
  return { code: 'camera-ended', detail: last || half };
}

const running = new Set<() => void>();

function endAll(): void {
  for (const end of running) end();
}

/** A thread that is blocked in reading would keep a process from exiting for ever. */
function whileItRuns(end: () => void): () => void {
  if (running.size === 0) process.on('exit', endAll);
  running.add(end);
  return () => {
    running.delete(end);
    if (running.size === 0) process.off('exit', endAll);
  };
}
