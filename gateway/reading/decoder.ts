import { Worker } from 'node:worker_threads';
import { gatewayError } from '../errors.ts';
import type { DecodeAnswer, DecodeRequest, Effort } from './decode-worker.ts';
import type { DecodedCode } from './reading.ts';

/** What tickets usually carry; an entrance may ask for others. */
export const FRAME_FORMATS = ['QRCode', 'Aztec', 'PDF417', 'Code128'] as const;
/** For stills, where time does not press. */
export const STILL_FORMATS = [...FRAME_FORMATS, 'DataMatrix', 'ITF', 'EAN13'] as const;
/** Codes looked for in one still. */
const STILL_SYMBOLS = 8;
const RESTARTS_MAX = 5;

export interface Picture {
  readonly luma: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface Decoded {
  readonly codes: readonly DecodedCode[];
  readonly milliseconds: number;
}

/** Reads barcodes out of pictures in a thread of its own. */
export interface Decoder {
  start(): Promise<void>;
  stop(): Promise<void>;
  /**
   * @param luma one byte a pixel; memory of a SharedArrayBuffer is not copied
   * @throws GatehouseError `decoder-failed`
   */
  decode(picture: Picture, effort: Effort, formats: readonly string[]): Promise<Decoded>;
}

export function createDecoder(): Decoder {
  let worker: Worker | undefined;
  let lastId = 0;
  let restarts = 0;
  const waiting = new Map<number, PromiseWithResolvers<Decoded>>();

  function hear({ id, codes, milliseconds, fault }: DecodeAnswer): void {
    const waiter = waiting.get(id);
    waiting.delete(id);
    restarts = 0;
    if (fault === undefined) waiter?.resolve({ codes, milliseconds });
    else waiter?.reject(gatewayError('decoder-failed', { fault }));
  }

  function lost(fault: string): void {
    for (const waiter of waiting.values()) {
      waiter.reject(gatewayError('decoder-failed', { fault }));
    }
    waiting.clear();
    worker = undefined;
    restarts += 1;
    if (restarts <= RESTARTS_MAX) run();
  }

  function run(): Worker {
    const next = new Worker(new URL('./decode-worker.ts', import.meta.url));
    next.on('message', hear);
    next.on('error', (error) => next === worker && lost(error.message));
    worker = next;
    return next;
  }

  return {
    async start() {
      const first = run();
      await new Promise<void>((resolve, reject) => {
        first.once('online', resolve);
        first.once('error', reject);
      });
    },
    async stop() {
      const last = worker;
      worker = undefined;
      for (const waiter of waiting.values()) waiter.resolve({ codes: [], milliseconds: 0 });
      waiting.clear();
      await last?.terminate();
    },
    async decode({ luma, width, height }, effort, formats) {
      if (!worker) throw gatewayError('decoder-failed', { fault: 'it is not running' });
      lastId += 1;
      const waiter = Promise.withResolvers<Decoded>();
      waiting.set(lastId, waiter);
      const symbols = effort === 'thorough' ? STILL_SYMBOLS : 1;
      const request: DecodeRequest = {
        id: lastId,
        luma,
        width,
        height,
        effort,
        formats: formats.join('|'),
        symbols,
      };
      worker.postMessage(request);
      return waiter.promise;
    },
  };
}
