import { type MessagePort, parentPort } from 'node:worker_threads';
import type { DecodedCode } from './reading.ts';
import { openZXing } from './zxing.ts';

/** How hard to look: `light` for every frame, `thorough` for stills and now and then a frame. */
export type Effort = 'light' | 'thorough';

export interface DecodeRequest {
  readonly id: number;
  readonly luma: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly effort: Effort;
  /** zxing's names. */
  readonly formats: readonly string[];
  readonly symbols: number;
}

export interface DecodeAnswer {
  readonly id: number;
  readonly codes: DecodedCode[];
  readonly milliseconds: number;
  readonly fault?: string;
}

const port = parentPort as MessagePort;
const zxing = await openZXing();

port.on('message', (request: DecodeRequest) => {
  const began = performance.now();
  const answer = { id: request.id, codes: [] as DecodedCode[] };
  try {
    const codes = decode(request);
    port.postMessage({ ...answer, codes, milliseconds: performance.now() - began });
  } catch (error) {
    const fault = (error as Error).message;
    port.postMessage({ ...answer, milliseconds: performance.now() - began, fault });
  }
});

function decode(request: DecodeRequest): DecodedCode[] {
  const { width, height, effort, formats, symbols } = request;
  const thorough = effort === 'thorough';
  const options = { formats, symbols, tryHarder: thorough, tryRotate: thorough };
  return zxing.read(request, options).map(({ text, symbology, corners: [a, b, c, d] }) => {
    const part = ({ x, y }: { x: number; y: number }) => [x / width, y / height] as const;
    return { text, symbology, corners: [part(a), part(b), part(c), part(d)] as const };
  });
}
