import { fileURLToPath } from 'node:url';
import proxy from '@fastify/http-proxy';
import files from '@fastify/static';
import { GatehouseError } from '@gatehouse/protocol';
import fastify, { type FastifyInstance } from 'fastify';
import type { Board } from './board.ts';
import { demoError } from './errors.ts';
import { eventStream } from './event-stream.ts';
import { type DoorActions, doorRoutes } from './routes.ts';
import { isOwnRequest } from './same-site.ts';

export interface DoorServerParts {
  readonly board: Board;
  readonly actions: DoorActions;
  /** The cloud's HTTP address, such as `http://127.0.0.1:9000`. */
  readonly cloud: string;
  /** Host names besides localhost and plain addresses by which the page may be opened. */
  readonly names: readonly string[];
}

/** Largest picture that is held to the camera. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
/** Nobody may put the page into a frame or run another site's script in it. */
const PAGE_POLICY =
  "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; " +
  "base-uri 'none'; frame-ancestors 'none'";

/** The door page's server: the page, what it can do, and the way through to the cloud. */
export async function doorServer(parts: DoorServerParts): Promise<FastifyInstance> {
  const server = fastify({ bodyLimit: MAX_BODY_BYTES, forceCloseConnections: true });
  server.addHook('onRequest', async (request, reply) => {
    const { headers, method } = request;
    if (!isOwnRequest({ method, ...headers }, parts.names)) throw demoError('demo-other-site');
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
  });
  server.setErrorHandler((error, _request, reply) => {
    const known = error instanceof GatehouseError ? error : requestError(error);
    reply.code(known.status).send({ code: known.code, message: known.message });
  });
  const stream = eventStream(parts.board);
  server.get('/demo/events', (_request, reply) => stream.add(reply));
  server.addHook('preClose', async () => stream.end());
  await server.register(doorRoutes(parts.board, parts.actions));
  for (const prefix of ['/api', '/admin']) {
    await server.register(proxy, {
      upstream: parts.cloud,
      prefix,
      rewritePrefix: prefix,
      replyOptions: { onError: (reply) => cloudAway(reply) },
    });
  }
  await server.register(files, {
    root: fileURLToPath(new URL('web/dist/', import.meta.url)),
    setHeaders: (reply) => void reply.header('content-security-policy', PAGE_POLICY),
  });
  return server;
}

function cloudAway(reply: { code(status: number): { send(body: unknown): unknown } }): void {
  const { code, message, status } = demoError('demo-cloud-away');
  reply.code(status).send({ code, message });
}

/** What fastify itself refuses (a body too large, broken JSON), under a code of ours. */
function requestError(error: unknown): GatehouseError {
  const known = error as { statusCode?: number; message?: string };
  const fault = known.message ?? String(error);
  if (known.statusCode !== undefined && known.statusCode < 500) {
    return demoError('demo-request-wrong', { fault });
  }
  throw error;
}
