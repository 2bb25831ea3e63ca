import type { ServerResponse } from 'node:http';
import type { Clock } from '../ports.ts';
import type { Feed, Scan } from './feed.ts';

/** A comment this often keeps proxies from closing a quiet stream. */
const KEEP_ALIVE_MS = 15_000;
/** Bytes that may wait for a slow reader; then its stream is cut and it connects again. */
const WAITING_BYTES_MAX = 1024 * 1024;

/** Writes scans to a response as server-sent events until it closes; false when there are too many. */
export function openStream(
  { feed, clock }: { feed: Feed; clock: Clock },
  response: ServerResponse,
  wanted: (scan: Scan) => boolean,
): boolean {
  let timer: unknown;
  const write = (text: string) => {
    if (response.writableLength > WAITING_BYTES_MAX) response.destroy();
    else response.write(text);
  };
  const unsubscribe = feed.subscribe((scan) => {
    if (wanted(scan)) write(`event: scan\nid: ${scan.n}\ndata: ${JSON.stringify(scan)}\n\n`);
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
