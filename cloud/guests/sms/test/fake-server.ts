import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as a provider got it. */
export interface Got {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** A provider on this machine. Tests replace what it does with one request. */
export interface FakeServer {
  readonly url: string;
  readonly got: Got[];
  /** What it does with the next requests, one each; after that it behaves as documented. */
  next(...ways: Way[]): void;
  /** How many of those are still to come. */
  left(): number;
  stop(): Promise<void>;
}

/** `silent` takes the message and never answers, `cut` takes it and closes the connection. */
export type Way = Reply | 'silent' | 'cut';

/** @param behave what the provider documents: takes the message or refuses it */
export async function fakeServer(behave: (got: Got) => Reply): Promise<FakeServer> {
  const got: Got[] = [];
  const ways: Way[] = [];
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const one = { path: request.url ?? '', headers: request.headers, body };
      got.push(one);
      const way = ways.shift();
      const reply = typeof way === 'object' ? way : behave(one);
      if (way === 'silent') return;
      if (way === 'cut') request.socket.destroy();
      else answer(response, reply);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    got,
    next: (...more) => ways.push(...more),
    left: () => ways.length,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

function answer(response: ServerResponse, { status, body }: Reply): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json' }).end(text);
}
