import { type MessagePort, parentPort } from 'node:worker_threads';
import type { BeliefOptions } from './believe.ts';
import type { FrameFigures } from './figures.ts';
import { openKernel } from './kernels/kernel.ts';
import { createPipeline, type Pipeline } from './pipeline.ts';
import type { Read } from './read.ts';
import type { DecodedCode } from './reading.ts';
import { openZXing } from './zxing.ts';

/** A frame of a camera, by the camera's number, or a still. */
export interface DecodeRequest {
  readonly id: number;
  readonly luma: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** zxing's names. */
  readonly formats: readonly string[];
  readonly tickets?: BeliefOptions | undefined;
  readonly frame?: { readonly camera: number; readonly at: number } | undefined;
}

export interface DecodeAnswer {
  readonly id: number;
  readonly codes: DecodedCode[];
  readonly milliseconds: number;
  /** Of frames. */
  readonly figures?: FrameFigures;
  readonly fault?: string;
}

/** Everything is loaded: what has been asked is begun. */
export interface DecodeReady {
  readonly ready: true;
}

const port = parentPort as MessagePort;
const parts = { zxing: await openZXing(), kernel: openKernel() };
/** What is remembered of each camera's frames. */
const cameras = new Map<number, Pipeline>();

port.postMessage({ ready: true } satisfies DecodeReady);
port.on('message', (request: DecodeRequest) => {
  const began = performance.now();
  const taken = () => performance.now() - began;
  const { id } = request;
  try {
    const answer = decode(request);
    port.postMessage({ id, ...answer, milliseconds: taken() } satisfies DecodeAnswer);
  } catch (error) {
    // What zxing throws is a number.
    const fault = error instanceof Error ? error.message : `zxing threw ${error}`;
    port.postMessage({ id, codes: [], milliseconds: taken(), fault } satisfies DecodeAnswer);
  }
});

function decode(request: DecodeRequest): Pick<DecodeAnswer, 'codes' | 'figures'> {
  const { formats, frame, tickets } = request;
  if (!frame) {
    const reads = createPipeline({ ...parts, belief: tickets }).still(request, formats);
    return { codes: reads.map((read) => codeOf(read, request)) };
  }
  const pipeline = cameras.get(frame.camera) ?? createPipeline({ ...parts, belief: tickets });
  cameras.set(frame.camera, pipeline);
  const { reads, figures } = pipeline.frame(request, frame.at, formats);
  return { codes: reads.map((read) => codeOf(read, request)), figures };
}

function codeOf(read: Read, { width, height }: DecodeRequest): DecodedCode {
  const { text, symbology, stage, believed } = read;
  const part = ({ x, y }: { x: number; y: number }) => [x / width, y / height] as const;
  const [a, b, c, d] = read.corners;
  const corners = [part(a), part(b), part(c), part(d)] as const;
  return { text, symbology, stage, believed, corners };
}
