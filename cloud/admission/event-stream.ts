import type { ServerResponse } from 'node:http';
import type { Clock } from '../ports.ts';
import type { Feed } from './feed.ts';

/** A comment this often keeps proxies from closing a quiet stream. */
const KEEP_ALIVE_MS = 15_000;
/** Bytes that may wait for a slow reader; then its stream is cut and it connects again. */
const WAITING_BYTES_MAX = 1024 * 1024;

/** One server-sent event; `data` is sent as JSON. */
export interface StreamEvent {
  readonly event: string;
  readonly id: number;
  readonly data: unknown;
}

/**
 * Writes what a feed brings to a response as server-sent events until it closes.
 * @param eventOf makes the event of an item; `undefined` for one that is not wanted
 * @returns false when there are too many streams already
 */
export function openEventStream<T>(
  { feed, clock }: { feed: Feed<T>; clock: Clock },
  response: ServerResponse,
  eventOf: (item: T) => StreamEvent | undefined,
): boolean {
  let timer: unknown;
  const write = (text: string) => {
    if (response.writableLength > WAITING_BYTES_MAX) response.destroy();
    else response.write(text);
  };
  const unsubscribe = feed.subscribe((item) => {
    const made = eventOf(item);
    if (!made) return;
    write(`event: ${made.event}\nid: ${made.id}\ndata: ${JSON.stringify(made.data)}\n\n`);
  });
  if (!unsubscribe) return false;
  const keepAlive = () => {
    write(': alive\n\n');
    timer = clock.setTimeout(keepAlive, KEEP_ALIVE_MS);
  };
  response.on('close', () => {
    unsubscribe();
    clock.clearTimeout(timer);
  });
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  keepAlive();
  return true;
}
