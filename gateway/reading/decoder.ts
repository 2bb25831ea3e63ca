import { Worker } from 'node:worker_threads';
import { type Clock, systemClock, type Timer } from '../clock.ts';
import { gatewayError } from '../errors.ts';
import { type Log, silentLog } from '../log.ts';
import type { DecodeAnswer, DecodeRequest, Effort } from './decode-worker.ts';
import type { DecodedCode } from './reading.ts';

/** What tickets usually carry; an entrance may ask for others. */
export const FRAME_FORMATS = ['QRCode', 'Aztec', 'PDF417', 'Code128'] as const;
/** For stills, where time does not press. */
export const STILL_FORMATS = [...FRAME_FORMATS, 'DataMatrix', 'ITF', 'EAN13'] as const;
/** Codes looked for in one still. */
const STILL_SYMBOLS = 8;
/** A picture that takes longer has hung the decoder: it is ended and begun anew. */
export const DECODE_MAX_MS = 10_000;
/** A decoder that dies is begun anew after this, then after twice as long each time. */
export const RESTART_FIRST_MS = 100;
export const RESTART_MAX_MS = 10_000;

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

export interface DecoderOptions {
  readonly clock?: Clock;
  readonly log?: Log;
}

export function createDecoder({
  clock = systemClock,
  log = silentLog,
}: DecoderOptions = {}): Decoder {
  let worker: Worker | undefined;
  let lastId = 0;
  let deaths = 0;
  let restart: Timer;
  const waiting = new Map<number, PromiseWithResolvers<Decoded> & { timer: Timer }>();

  function hear({ id, codes, milliseconds, fault }: DecodeAnswer): void {
    deaths = 0;
    const waiter = take(id);
    if (fault === undefined) waiter?.resolve({ codes, milliseconds });
    else waiter?.reject(gatewayError('decoder-failed', { fault }));
  }

  function take(id: number) {
    const waiter = waiting.get(id);
    waiting.delete(id);
    clock.clearTimeout(waiter?.timer);
    return waiter;
  }

  function lost(last: Worker, fault: string): void {
    if (last !== worker) return;
    worker = undefined;
    void last.terminate();
    const error = gatewayError('decoder-failed', { fault });
    log.error({ code: error.code, fault }, error.message);
    for (const id of [...waiting.keys()]) take(id)?.reject(error);
    const wait = Math.min(RESTART_MAX_MS, RESTART_FIRST_MS * 2 ** deaths);
    deaths += 1;
    restart = clock.setTimeout(run, wait);
  }

  function run(): Worker {
    const next = new Worker(new URL('./decode-worker.ts', import.meta.url));
    next.on('message', hear);
    next.on('error', (error) => lost(next, error.message));
    next.on('exit', (code) => lost(next, `it ended with ${code}`));
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
      clock.clearTimeout(restart);
      for (const id of [...waiting.keys()]) take(id)?.resolve({ codes: [], milliseconds: 0 });
      await last?.terminate();
    },
    async decode({ luma, width, height }, effort, formats) {
      const here = worker;
      if (!here) throw gatewayError('decoder-failed', { fault: 'it is not running' });
      lastId += 1;
      const symbols = effort === 'thorough' ? STILL_SYMBOLS : 1;
      const picture = { luma, width, height };
      const request: DecodeRequest = {
        ...{ id: lastId, ...picture, effort, formats, symbols },
      };
      const waiter = Promise.withResolvers<Decoded>();
      const timer = clock.setTimeout(() => lost(here, 'a picture took too long'), DECODE_MAX_MS);
      waiting.set(lastId, { ...waiter, timer });
      here.postMessage(request);
      return waiter.promise;
    },
  };
}
