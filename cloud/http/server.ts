import { existsSync } from 'node:fs';
import fastifyStatic from '@fastify/static';
import fastifySwagger from '@fastify/swagger';
import { GatehouseError } from '@gatehouse/protocol';
import {
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyRequest,
  fastify,
} from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import type { Clock, Log } from '../ports.ts';
import { type Store, storeFault } from '../store/index.ts';
import { httpError, httpErrors } from './errors.ts';
import type { Caller } from './token-store.ts';
import { createTokenCheck } from './tokens.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose token it bears; set before any route under `/api/v1` runs. */
    caller: Caller;
  }
}

/** Bytes of an ordinary JSON request at most; imports have their own limit. */
const BODY_BYTES_MAX = 256 * 1024;
const REQUEST_TIMEOUT_MS = 120_000;

const ADMIN_POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "frame-ancestors 'none'",
].join('; ');

export interface ServerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Routes of the features, under `/api/v1`; each needs a token. */
  readonly routes: readonly FastifyPluginAsync[];
  /** Routes outside `/api/v1`, without a token: each knows by itself whom it lets in. */
  readonly open?: readonly FastifyPluginAsync[];
  /** The built admin pages; served at `/admin/` if the folder is there. */
  readonly webDir: string;
}

/** Makes the HTTP server with all routes; it does not listen yet. */
export async function createServer(parts: ServerParts): Promise<FastifyInstance> {
  const server = fastify({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    logger: false,
  });
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  server.setErrorHandler((fault, request, reply) => {
    const problem = problemOf(fault);
    if (problem.status >= 500) {
      const { method } = request;
      const route = request.routeOptions.url;
      parts.log.error({ method, route, code: problem.code, fault }, 'a request failed');
    }
    const { code, message, details } = problem;
    return reply.status(problem.status).send({ code, message, details });
  });
  server.setNotFoundHandler(() => {
    throw httpError('route-unknown');
  });
  await describe(server);
  server.get('/healthz', { schema: { hide: true } }, async () => ({ ok: true }));
  await server.register(guarded(parts), { prefix: '/api/v1' });
  for (const plugin of parts.open ?? []) await server.register(plugin);
  server.get('/api/openapi.json', { schema: { hide: true } }, async () => server.swagger());
  if (existsSync(parts.webDir)) await serveAdmin(server, parts.webDir);
  return server;
}

/** The administration pages: nothing from elsewhere runs in them, and nobody frames them. */
async function serveAdmin(server: FastifyInstance, webDir: string): Promise<void> {
  await server.register(fastifyStatic, {
    root: webDir,
    prefix: '/admin/',
    setHeaders: (reply) => {
      reply.header('content-security-policy', ADMIN_POLICY);
      reply.header('x-content-type-options', 'nosniff');
      reply.header('referrer-policy', 'no-referrer');
    },
  });
  for (const url of ['/', '/admin']) {
    server.get(url, { schema: { hide: true } }, (_, reply) => reply.redirect('/admin/'));
  }
}

async function describe(server: FastifyInstance): Promise<void> {
  await server.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Gatehouse cloud', version: '1' },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: jsonSchemaTransform,
  });
}

/** Wraps the routes: no token, no answer; a reader reads. */
function guarded({ store, clock, routes }: ServerParts): FastifyPluginAsync {
  const tokens = createTokenCheck(store, clock);
  return async (api) => {
    api.decorateRequest('caller');
    api.addHook('onRequest', async (request: FastifyRequest) => {
      request.caller = await tokens.caller(request.headers.authorization, request.ip);
      const reading = request.method === 'GET' || request.method === 'HEAD';
      if (!reading && request.caller.role !== 'administrator') throw httpError('token-role');
    });
    for (const plugin of routes) await api.register(plugin);
  };
}

/** The error of a table for whatever was thrown. */
function problemOf(cause: unknown): GatehouseError {
  const fault = storeFault(cause);
  if (fault instanceof GatehouseError) return fault;
  if (hasZodFastifySchemaValidationErrors(fault)) {
    const issue = fault.validation[0];
    const field = `${fault.validationContext}${issue?.instancePath ?? ''}`;
    return httpError('request-invalid', { field, fault: issue?.message ?? 'unknown' }, fault);
  }
  const { statusCode, message } = fault as { statusCode?: number; message?: string };
  if (statusCode !== undefined && statusCode < 500) {
    const entry = { ...httpErrors['request-refused'], status: statusCode };
    return new GatehouseError('request-refused', entry, { fault: message }, fault);
  }
  return httpError('http-failed', {}, fault);
}
