import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Screens that may listen to one stream at once. */
const LISTENERS_MAX = 64;
/** A screen that has not taken this much is too slow and is let go; it may come back. */
const BEHIND_BYTES_MAX = 1024 * 1024;
const KEEPALIVE_MS = 15_000;

/** One stream of server-sent events, to whoever listens. */
export interface Stream<K> {
  start(): void;
  stop(): void;
  /** @param key what this listener is told apart by */
  listen(request: FastifyRequest, reply: FastifyReply, key?: K, first?: readonly object[]): void;
  /** @param to whom; all if left out */
  send(event: object, to?: (key: K | undefined) => boolean): void;
  /** Lets go of those that may listen no more. */
  drop(whom: (key: K | undefined) => boolean): void;
}

export function createStream<K>(): Stream<K> {
  const listeners = new Map<ServerResponse, K | undefined>();
  let keepalive: NodeJS.Timeout | undefined;

  function write(response: ServerResponse, text: string): void {
    if (response.writableLength > BEHIND_BYTES_MAX) response.destroy();
    else response.write(text);
  }

  return {
    start() {
      keepalive = setInterval(() => {
        for (const response of listeners.keys()) write(response, ': alive\n\n');
      }, KEEPALIVE_MS);
    },
    stop() {
      clearInterval(keepalive);
      for (const response of listeners.keys()) response.end();
    },
    listen(_request, reply, key, first = []) {
      reply.hijack();
      const response = reply.raw;
      if (listeners.size >= LISTENERS_MAX) {
        response.writeHead(503).end();
        return;
      }
      response.on('error', () => listeners.delete(response));
      response.on('close', () => listeners.delete(response));
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      });
      response.write(': listening\n\n');
      listeners.set(response, key);
      for (const event of first) write(response, `data: ${JSON.stringify(event)}\n\n`);
    },
    send(event, to = () => true) {
      const text = `data: ${JSON.stringify(event)}\n\n`;
      for (const [response, key] of listeners) if (to(key)) write(response, text);
    },
    drop(whom) {
      for (const [response, key] of listeners) if (whom(key)) response.end();
    },
  };
}
