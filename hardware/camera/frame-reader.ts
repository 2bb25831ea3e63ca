import { closeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { wakeReader } from './camera-pipe.ts';
import type { FrameShape, StreamEnd } from './fill-ring.ts';
import { askToStop, type FrameRing } from './frame-ring.ts';
import type { FrameWorkerData, FrameWorkerSays, PipeToRead } from './frame-worker.ts';

/** Reads one pipe after another into a ring, in a thread of its own. */
export interface FrameReader {
  /** Reads a pipe until it ends and closes it. Never rejects: a thread that died is `stopped`. */
  read(pipe: number): Promise<StreamEnd>;
  /** Gives the present pipe up. Synchronous, so that a process that exits can do it too. */
  giveUp(): void;
  /** Gives up and ends the thread. */
  stop(): Promise<void>;
}

/** @param onFrame a frame came while the other side slept */
export function createFrameReader(
  ring: FrameRing,
  shape: FrameShape,
  onFrame: () => void,
): FrameReader {
  let worker: Worker | undefined;
  let reading: { pipe: number; end: PromiseWithResolvers<StreamEnd> } | undefined;

  function ended(said: StreamEnd): void {
    const last = reading;
    reading = undefined;
    if (!last) return;
    closeSync(last.pipe);
    last.end.resolve(said);
  }

  function run(): Worker {
    const workerData: FrameWorkerData = { ring, shape };
    const next = new Worker(new URL('./frame-worker.ts', import.meta.url), { workerData });
    const lost = () => {
      if (worker !== next) return;
      worker = undefined;
      ended({ why: 'stopped' });
    };
    next.on('message', (said: FrameWorkerSays) => (said === 'frame' ? onFrame() : ended(said)));
    // The camera is begun anew when its thread has died, whatever of.
    next.on('error', lost);
    next.on('exit', lost);
    return next;
  }

  function giveUp(): void {
    if (!reading) return;
    askToStop(ring, true);
    wakeReader(reading.pipe);
  }

  return {
    giveUp,
    read(pipe) {
      worker ??= run();
      askToStop(ring, false);
      const end = Promise.withResolvers<StreamEnd>();
      reading = { pipe, end };
      worker.postMessage({ pipe } satisfies PipeToRead);
      return end.promise;
    },
    async stop() {
      giveUp();
      await reading?.end.promise;
      const last = worker;
      worker = undefined;
      await last?.terminate();
    },
  };
}
