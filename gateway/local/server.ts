import { existsSync } from 'node:fs';
import { createServer as createPlain } from 'node:http';
import { createServer as createTls, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { GatehouseError } from '@gatehouse/protocol';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Clock } from '../clock.ts';
import { gatewayError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { GatewayEvent } from '../web/events.ts';
import type { ReadLogEntry } from './api.ts';
import type { WebCertificate } from './certificate.ts';
import { createDesk, type Desk } from './desk.ts';
import { handRoutes } from './hand-routes.ts';
import type { House } from './house.ts';
import { createKeptCertificate } from './kept-certificate.ts';
import { createNews, displayOf } from './news.ts';
import { peopleRoutes } from './people-routes.ts';
import { createPins, type Pins } from './pin.ts';
import { createStream } from './stream.ts';
import { technicianRoutes } from './technician-routes.ts';
import { type TypedCodes, typedRoutes } from './typed-routes.ts';

/** Bytes of one request at most: a group of a hundred codes fits. */
const BODY_BYTES_MAX = 64 * 1024;
const REQUEST_MAX_MS = 30_000;
const TLS = { minVersion: 'TLSv1.2' } as const;
const HSTS = 'max-age=31536000';
/** Pages are never framed, run nothing from elsewhere, and may use the camera. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'self'",
    "img-src 'self' data: blob:",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self' 'unsafe-inline'",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'permissions-policy': 'camera=(self), geolocation=(), microphone=()',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};
/** The built pages, if they are there. */
const PAGES_DIR = join(import.meta.dirname, '..', 'web');
const PAGES = ['handheld', 'display', 'technician'] as const;

export interface LocalServerOptions {
  readonly web: {
    readonly host: string;
    readonly port: number;
    readonly certificate?: string | undefined;
    readonly key?: string | undefined;
    readonly publicName?: string | undefined;
    readonly https?: boolean | undefined;
  };
  readonly data: string;
  readonly house: House;
  readonly clock: Clock;
  readonly log: Log;
  readonly pins?: Pins | undefined;
  /** Without it no typed code is taken. */
  readonly typed?: TypedCodes | undefined;
}

/**
 * The gateway's own server for the people at its door: HTTPS, or HTTP on loopback only. `/status`
 * and `/events` are for screens beside the lanes and hold no names.
 */
export interface LocalServer {
  /** Gives the port. @throws GatehouseError `web-port-taken`, `web-certificate-unusable` */
  start(): Promise<number>;
  stop(): Promise<void>;
  tell(event: GatewayEvent): void;
  /** For technicians only. */
  tellRead(read: ReadLogEntry): void;
  /** There may be another certificate in the files. */
  lookAtCertificate(): void;
  /** Of what the server shows; none over plain HTTP. Only after the start. */
  readonly desk: Desk;
}

export function createLocalServer(options: LocalServerOptions): LocalServer {
  const { web, house, clock, log, data } = options;
  const isPlain = isPlainHttp(web);
  const screens = createStream();
  let server: FastifyInstance | undefined;
  let news: ReturnType<typeof createNews> | undefined;
  let desk: Desk | undefined;
  const kept = createKeptCertificate({
    ...{ options: { ...web, data }, clock, log },
    onNew({ key, chain: cert }) {
      (server?.server as Server | undefined)?.setSecureContext({ key, cert, ...TLS });
    },
  });

  return {
    get desk() {
      if (!desk) throw new Error('the server has not been started');
      return desk;
    },
    async start() {
      const certificate = isPlain ? undefined : await kept.start();
      const { pins = createPins() } = options;
      desk = createDesk({ house, data, clock, log, pins, certificate: () => kept.view });
      await desk.kept.load();
      news = createNews(desk);
      server = await build(desk, { certificate, screens, news, log, typed: options.typed });
      screens.start();
      news.start();
      try {
        await server.listen({ host: web.host, port: web.port });
      } catch (cause) {
        const { code } = cause as { code?: string };
        if (code === 'EADDRINUSE') throw gatewayError('web-port-taken', { port: web.port }, cause);
        throw cause;
      }
      return (server.server.address() as AddressInfo).port;
    },
    async stop() {
      screens.stop();
      news?.stop();
      await kept.stop();
      await server?.close();
      server = undefined;
    },
    tell(event) {
      screens.send(event);
      news?.heard(event);
    },
    tellRead: (read) => news?.read(read),
    lookAtCertificate: kept.look,
  };
}

interface Building {
  readonly certificate: WebCertificate | undefined;
  readonly screens: ReturnType<typeof createStream>;
  readonly news: ReturnType<typeof createNews>;
  readonly log: Log;
  readonly typed: TypedCodes | undefined;
}

async function build(desk: Desk, { certificate, screens, news, log, typed }: Building) {
  const server = fastify({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MAX_MS,
    forceCloseConnections: true,
    logger: false,
    frameworkErrors: (fault, _request, reply) => answerProblem(log, fault, reply),
    serverFactory: (handler) =>
      certificate
        ? createTls({ key: certificate.key, cert: certificate.chain, ...TLS }, handler)
        : createPlain(handler),
  }) as unknown as FastifyInstance;
  server.removeContentTypeParser('text/plain');
  server.setErrorHandler((fault, _request, reply) => answerProblem(log, fault, reply));
  server.setNotFoundHandler(() => {
    throw gatewayError('route-unknown');
  });
  server.addHook('onRequest', async (request) => checkOrigin(request));
  server.addHook('onSend', async (request, reply) => {
    for (const [name, value] of Object.entries(HEADERS)) reply.header(name, value);
    if (certificate) reply.header('strict-transport-security', HSTS);
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
  });
  server.get('/status', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return desk.house.status();
  });
  server.get('/events', (request, reply) => screens.listen(request, reply));
  peopleRoutes(server, desk);
  handRoutes(server, desk);
  technicianRoutes(server, desk);
  if (typed) typedRoutes(server, desk, typed);
  server.get('/api/lanes', async () => ({ lanes: desk.house.status().lanes.map(displayOf) }));
  server.get<{ Params: { lane: string } }>('/api/display/:lane', async ({ params }) => {
    const view = desk.house.status().lanes.find(({ lane }) => lane === params.lane);
    if (!view) throw gatewayError('lane-unknown', { lane: params.lane });
    return displayOf(view);
  });
  news.routes(server);
  for (const page of PAGES) await servePage(server, page);
  server.get('/', (_request, reply) => reply.redirect('/handheld/'));
  return server;
}

async function servePage(server: FastifyInstance, page: (typeof PAGES)[number]): Promise<void> {
  const root = join(PAGES_DIR, page, 'dist');
  if (!existsSync(join(root, 'index.html'))) return;
  await server.register(fastifyStatic, {
    root,
    prefix: `/${page}/`,
    decorateReply: page === 'handheld',
  });
  const index = (_request: FastifyRequest, reply: FastifyReply) =>
    reply.sendFile('index.html', root);
  // The path says what is shown: the file is the same.
  if (page === 'handheld') server.get('/pair', index);
  if (page === 'display') server.get('/display/:lane', index);
  server.get(`/${page}`, (_request, reply) => reply.redirect(`/${page}/`));
}

/** Refuses a change that another site's page asks for; a browser always says where it comes from. */
function checkOrigin(request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const { origin, 'sec-fetch-site': site } = request.headers;
  const own = `${request.protocol}://${request.host}`;
  if (origin !== undefined ? origin !== own : site !== undefined && site !== 'same-origin') {
    throw gatewayError('origin-refused');
  }
}

function answerProblem(log: Log, fault: unknown, reply: FastifyReply) {
  const { statusCode, message } = fault as { statusCode?: number; message?: string };
  const isRefused = statusCode !== undefined && statusCode < 500;
  const problem =
    fault instanceof GatehouseError
      ? fault
      : isRefused
        ? gatewayError('local-request-refused', { fault: message })
        : gatewayError('local-failed', {}, fault);
  if (problem.status >= 500) log.error({ code: problem.code, fault: message }, 'a request failed');
  const status = fault instanceof GatehouseError || !isRefused ? problem.status : statusCode;
  const { code, details } = problem;
  return reply.status(status).send({ code, message: problem.message, details });
}

/** Whether the gateway's server speaks HTTP: on loopback only, and there unless told otherwise. */
export function isPlainHttp({ host, https, certificate }: LocalServerOptions['web']): boolean {
  return !(https ?? (!isLoopback(host) || certificate !== undefined));
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}
