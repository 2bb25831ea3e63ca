import { Worker } from 'node:worker_threads';
import { type Clock, systemClock, type Timer } from '../clock.ts';
import { gatewayError } from '../errors.ts';
import { type Log, silentLog } from '../log.ts';
import type { BeliefOptions } from './believe.ts';
import type { DecodeAnswer, DecodeReady, DecodeRequest } from './decode-worker.ts';
import type { FrameFigures } from './figures.ts';
import type { DecodedCode } from './reading.ts';

/** What tickets usually carry; an entrance may ask for others. */
export const FRAME_FORMATS = ['QRCode', 'Aztec', 'PDF417', 'Code128'] as const;
/** For stills, where time does not press. */
export const STILL_FORMATS = [...FRAME_FORMATS, 'DataMatrix', 'ITF', 'EAN13'] as const;
/** A frame that takes longer has hung the decoder: it is ended and begun anew. */
export const DECODE_MAX_MS = 10_000;
/** The same for a still, which is given every stage. */
export const STILL_MAX_MS = 60_000;
/** The same for what a decoder loads before its first picture. */
export const LOAD_MAX_MS = 60_000;
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
  /** Of frames. */
  readonly figures?: FrameFigures | undefined;
}

/** What may stand in the pictures of an entrance. */
export interface Wanted {
  /** zxing's names. */
  readonly formats: readonly string[];
  readonly tickets?: BeliefOptions | undefined;
}

/** Reads barcodes out of pictures in a thread of its own. */
export interface Decoder {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** A number for a camera's frames, so that what was seen before is known of each. */
  camera(): number;
  /**
   * The next frame of a camera, in about the time that pipeline.ts allows one. Memory of a
   * SharedArrayBuffer is not copied.
   * @param at when it was taken, in monotonic milliseconds
   * @throws GatehouseError `decoder-failed`
   */
  frame(camera: number, picture: Picture, at: number, wanted: Wanted): Promise<Decoded>;
  /**
   * A picture for itself, with all the time it needs.
   * @throws GatehouseError `decoder-failed`
   */
  still(picture: Picture, wanted: Wanted): Promise<Decoded>;
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
  let cameras = 0;
  let deaths = 0;
  let restart: Timer;
  /** In the order in which the worker takes them. */
  const waiting = new Map<number, PromiseWithResolvers<Decoded> & { maxMs: number }>();
  let isLoaded = false;
  let limit: Timer;

  function hear(from: Worker, heard: DecodeAnswer | DecodeReady): void {
    if (from !== worker) return;
    if ('ready' in heard) isLoaded = true;
    else answer(heard);
    watch();
  }

  function answer({ id, codes, milliseconds, figures, fault }: DecodeAnswer): void {
    // Loading is no proof of health: what dies at every picture waits longer each time.
    deaths = 0;
    const waiter = take(id);
    if (fault === undefined) waiter?.resolve({ codes, milliseconds, figures });
    else waiter?.reject(gatewayError('decoder-failed', { fault }));
  }

  function take(id: number) {
    const waiter = waiting.get(id);
    waiting.delete(id);
    return waiter;
  }

  /** Limits what the worker does now; those behind it are not late by its slowness. */
  function watch(): void {
    clock.clearTimeout(limit);
    const here = worker;
    const [first] = waiting.values();
    if (!here || !first) return;
    const [maxMs, fault] = isLoaded
      ? [first.maxMs, 'a picture took too long']
      : [LOAD_MAX_MS, 'it took too long to load'];
    limit = clock.setTimeout(() => lost(here, fault), maxMs);
  }

  function lost(last: Worker, fault: string): void {
    if (last !== worker) return;
    worker = undefined;
    clock.clearTimeout(limit);
    void last.terminate();
    const error = gatewayError('decoder-failed', { fault });
    log.error({ code: error.code, fault }, error.message);
    for (const id of [...waiting.keys()]) take(id)?.reject(error);
    const wait = Math.min(RESTART_MAX_MS, RESTART_FIRST_MS * 2 ** deaths);
    deaths += 1;
    restart = clock.setTimeout(run, wait);
  }

  function run(): Worker {
    isLoaded = false;
    const next = new Worker(new URL('./decode-worker.ts', import.meta.url));
    next.on('message', (heard) => hear(next, heard));
    next.on('error', (error) => lost(next, error.message));
    next.on('exit', (code) => lost(next, `it ended with ${code}`));
    worker = next;
    return next;
  }

  async function decode(
    { luma, width, height }: Picture,
    { formats, tickets }: Wanted,
    frame?: DecodeRequest['frame'],
  ): Promise<Decoded> {
    const here = worker;
    if (!here) throw gatewayError('decoder-failed', { fault: 'it is not running' });
    lastId += 1;
    const request = { id: lastId, luma, width, height, formats, tickets, frame };
    const waiter = Promise.withResolvers<Decoded>();
    waiting.set(lastId, { ...waiter, maxMs: frame ? DECODE_MAX_MS : STILL_MAX_MS });
    if (waiting.size === 1) watch();
    here.postMessage(request satisfies DecodeRequest);
    return waiter.promise;
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
      clock.clearTimeout(limit);
      for (const id of [...waiting.keys()]) take(id)?.resolve({ codes: [], milliseconds: 0 });
      await last?.terminate();
    },
    camera: () => cameras++,
    frame: (camera, picture, at, wanted) => decode(picture, wanted, { camera, at }),
    still: (picture, wanted) => decode(picture, wanted),
  };
}
