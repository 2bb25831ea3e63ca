import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gatewayError } from '../errors.ts';
import type { GatewayEvent, GatewayStatus } from './events.ts';

/** Screens that may listen at once. */
const LISTENERS_MAX = 32;
/** A screen that has not taken this much is too slow and is let go; it may come back. */
const BEHIND_BYTES_MAX = 1024 * 1024;
const KEEPALIVE_MS = 15_000;

/**
 * The gateway's own small server for the screens of its lanes: `GET /status` gives everything as
 * it is now, `GET /events` (server-sent events) what changes from then on.
 */
export interface WebServer {
  /** Gives the port. @throws GatehouseError `web-port-taken` */
  start(): Promise<number>;
  stop(): Promise<void>;
  tell(event: GatewayEvent): void;
}

export interface WebOptions {
  readonly host: string;
  readonly port: number;
  readonly status: () => GatewayStatus;
}

export function createWebServer({ host, port, status }: WebOptions): WebServer {
  const listeners = new Set<ServerResponse>();
  let server: Server | undefined;
  let keepalive: NodeJS.Timeout | undefined;

  function send(response: ServerResponse, text: string): void {
    if (response.writableLength > BEHIND_BYTES_MAX) response.destroy();
    else response.write(text);
  }

  function listen(response: ServerResponse): void {
    if (listeners.size >= LISTENERS_MAX) {
      response.writeHead(503).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': listening\n\n');
    listeners.add(response);
    response.on('close', () => listeners.delete(response));
  }

  return {
    start() {
      server = createServer((request, response) => {
        response.on('error', () => listeners.delete(response));
        if (request.method !== 'GET') response.writeHead(405).end();
        else if (request.url === '/events') listen(response);
        else if (request.url === '/status') {
          response.writeHead(200, {
            'content-type': 'application/json',
            'cache-control': 'no-store',
          });
          response.end(JSON.stringify(status()));
        } else response.writeHead(404).end();
      });
      keepalive = setInterval(() => {
        for (const response of listeners) send(response, ': alive\n\n');
      }, KEEPALIVE_MS);
      const opened = server;
      return new Promise((resolve, reject) => {
        opened.once('error', (cause) => reject(gatewayError('web-port-taken', { port }, cause)));
        opened.listen(port, host, () => resolve((opened.address() as AddressInfo).port));
      });
    },
    async stop() {
      clearInterval(keepalive);
      for (const response of listeners) response.end();
      const last = server;
      server = undefined;
      await new Promise<void>((resolve) => {
        if (!last) return resolve();
        last.close(() => resolve());
        last.closeAllConnections();
      });
    },
    tell(event) {
      const text = `data: ${JSON.stringify(event)}\n\n`;
      for (const response of listeners) send(response, text);
    },
  };
}
