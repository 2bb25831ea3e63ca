import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type MessagePort, parentPort } from 'node:worker_threads';
import { prepareZXingModule, type ZXingReaderModule } from 'zxing-wasm/reader';
import type { DecodedCode } from './reading.ts';

/** How hard to look: `light` for every frame, `thorough` for stills and now and then a frame. */
export type Effort = 'light' | 'thorough';

export interface DecodeRequest {
  readonly id: number;
  readonly luma: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly effort: Effort;
  /** zxing's names, joined by `|`. */
  readonly formats: string;
  readonly symbols: number;
}

export interface DecodeAnswer {
  readonly id: number;
  readonly codes: DecodedCode[];
  readonly milliseconds: number;
  readonly fault?: string;
}

/** What Emscripten puts on every module; zxing-wasm's types leave it to a global. */
interface Memory {
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  readonly HEAPU8: Uint8Array;
}

const port = parentPort as MessagePort;
const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
const zxing = (await prepareZXingModule({
  overrides: { wasmBinary: readFileSync(wasm).buffer as ArrayBuffer },
  fireImmediately: true,
})) as ZXingReaderModule & Memory;

let memory = { pointer: 0, bytes: 0 };

port.on('message', (request: DecodeRequest) => {
  const began = performance.now();
  const answer = { id: request.id, codes: [] as DecodedCode[] };
  try {
    const codes = decode(zxing, request);
    port.postMessage({ ...answer, codes, milliseconds: performance.now() - began });
  } catch (error) {
    const fault = (error as Error).message;
    port.postMessage({ ...answer, milliseconds: performance.now() - began, fault });
  }
});

function decode(module: ZXingReaderModule & Memory, request: DecodeRequest): DecodedCode[] {
  const { luma, width, height, effort, formats, symbols } = request;
  if (luma.length < width * height) throw new RangeError('the picture is shorter than its size');
  if (luma.length > memory.bytes) {
    if (memory.pointer) module._free(memory.pointer);
    memory = { pointer: 0, bytes: 0 };
    const pointer = module._malloc(luma.length);
    if (pointer === 0) throw new RangeError('no memory for a picture of this size');
    memory = { pointer, bytes: luma.length };
  }
  module.HEAPU8.set(luma, memory.pointer);
  const found = module.readBarcodesFromPixmap(memory.pointer, width, height, {
    formats,
    tryHarder: effort === 'thorough',
    tryRotate: effort === 'thorough',
    tryInvert: true,
    tryDownscale: true,
    tryDenoise: false,
    binarizer: 0,
    isPure: false,
    downscaleThreshold: 500,
    downscaleFactor: 3,
    minLineCount: 2,
    maxNumberOfSymbols: symbols,
    validateOptionalChecksum: false,
    returnErrors: false,
    eanAddOnSymbol: 0,
    textMode: 0,
    characterSet: 0,
    tryCode39ExtendedMode: true,
  });
  const codes: DecodedCode[] = [];
  for (let i = 0; i < found.size(); i++) {
    const result = found.get(i);
    if (!result?.isValid) continue;
    const { topLeft, topRight, bottomRight, bottomLeft } = result.position;
    const part = ({ x, y }: { x: number; y: number }) => [x / width, y / height] as const;
    const corners = [part(topLeft), part(topRight), part(bottomRight), part(bottomLeft)] as const;
    codes.push({ text: result.text, symbology: result.format, corners });
  }
  (found as typeof found & { delete(): void }).delete();
  return codes;
}
