/**
 * The thread that reads a camera's pipe. It blocks in `read` all the time, so nothing that the
 * gateway does makes the camera wait; frames go straight into shared memory.
 */
import { readSync } from 'node:fs';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type FrameShape, fillRing, type StreamEnd } from './fill-ring.ts';
import { type FrameRing, machineNow } from './frame-ring.ts';

/** What the thread is begun with. */
export interface FrameWorkerData {
  readonly ring: FrameRing;
  readonly shape: FrameShape;
}
/** A pipe's end to read from now on. */
export interface PipeToRead {
  readonly pipe: number;
}
/** A frame is there (`frame`), or the pipe has ended. */
export type FrameWorkerSays = 'frame' | StreamEnd;

const port = parentPort as MessagePort;
const { ring, shape } = workerData as FrameWorkerData;
const say = (said: FrameWorkerSays) => port.postMessage(said);

port.on('message', ({ pipe }: PipeToRead) => {
  const end = fillRing(ring, shape, {
    read: (into, at, length) => readSync(pipe, into, at, length, null),
    now: machineNow,
    wake: () => say('frame'),
  });
  say(end);
});
