import { existsSync } from 'node:fs';
import fastifyStatic from '@fastify/static';
import fastifySwagger from '@fastify/swagger';
import { GatehouseError } from '@gatehouse/protocol';
import {
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyReply,
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
import { type CallerByCookie, callerGuard } from './callers.ts';
import { httpError, httpErrors } from './errors.ts';
import { guardHosts, type HostSettings, hostFamilies, nothing } from './hosts.ts';
import { secureHeaders } from './security-headers.ts';

/** Bytes of an ordinary JSON request at most; imports have their own limit. */
const BODY_BYTES_MAX = 256 * 1024;
const REQUEST_TIMEOUT_MS = 120_000;
/** Any host, and a portal that is a path of it. */
const ANY_HOST: HostSettings = { shop: [] };

export interface ServerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Routes of the features, under `/api/v1`; each needs a token or a session of staff. */
  readonly routes: readonly FastifyPluginAsync[];
  /** Who calls `/api/v1` by a session instead of a token. */
  readonly byCookie?: CallerByCookie | undefined;
  /** Routes outside `/api/v1`, without a token: each knows by itself whom it lets in. */
  readonly open?: readonly FastifyPluginAsync[];
  /** The portal's routes and pages, all under `/portal/`: the only ones on its own host. */
  readonly portal?: readonly FastifyPluginAsync[];
  readonly hosts?: HostSettings | undefined;
  /** Addresses of proxies whose word for address, host and TLS counts; none if left out. */
  readonly trustProxy?: readonly string[] | undefined;
  /** The built admin pages; served at `/admin/` if the folder is there. */
  readonly webDir: string;
}

/** Makes the HTTP server with all routes; it does not listen yet. */
export async function createServer(parts: ServerParts): Promise<FastifyInstance> {
  const hosts = parts.hosts ?? ANY_HOST;
  const familyOf = hostFamilies(hosts);
  const server = fastify({
    trustProxy: parts.trustProxy?.length ? [...parts.trustProxy] : false,
    frameworkErrors: (fault, request, reply) => {
      if (familyOf(request.hostname) === undefined) return nothing(reply);
      return answerProblem(parts.log, fault, request, reply);
    },
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    logger: false,
  });
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  server.setErrorHandler((fault, request, reply) =>
    answerProblem(parts.log, fault, request, reply),
  );
  guardHosts(server, hosts);
  secureHeaders(server);
  server.setNotFoundHandler(() => {
    throw httpError('route-unknown');
  });
  await describe(server);
  server.get('/healthz', { schema: { hide: true } }, async () => ({ ok: true }));
  await server.register(guarded(parts), { prefix: '/api/v1' });
  for (const plugin of parts.open ?? []) await server.register(plugin);
  await server.register(portalOnly(parts.portal ?? []));
  server.get('/api/openapi.json', { schema: { hide: true } }, async () => server.swagger());
  if (existsSync(parts.webDir)) await serveAdmin(server, parts.webDir);
  return server;
}

/** The administration pages: nothing from elsewhere runs in them, and nobody frames them. */
async function serveAdmin(server: FastifyInstance, webDir: string): Promise<void> {
  await server.register(fastifyStatic, {
    root: webDir,
    prefix: '/admin/',
    preCompressed: true,
  });
  // Who types the bare name is a guest; only a cloud without a shop leads staff from there.
  const urls = server.hasRoute({ method: 'GET', url: '/' }) ? ['/admin'] : ['/', '/admin'];
  for (const url of urls) {
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

/** Wraps the routes: no token and no session, no answer; a reader reads. */
function guarded({ store, clock, routes, byCookie }: ServerParts): FastifyPluginAsync {
  return async (api) => {
    api.decorateRequest('caller');
    api.addHook('onRequest', callerGuard(store, clock, byCookie));
    for (const plugin of routes) await api.register(plugin);
  };
}

/** Marks routes as the portal's, so that its own host serves them and no other. */
function portalOnly(plugins: readonly FastifyPluginAsync[]): FastifyPluginAsync {
  return async (portal) => {
    portal.addHook('onRoute', (route) => {
      route.config = { ...route.config, host: 'portal' };
    });
    for (const plugin of plugins) await portal.register(plugin);
  };
}

function answerProblem(log: Log, fault: unknown, request: FastifyRequest, reply: FastifyReply) {
  const problem = problemOf(fault);
  if (problem.status >= 500) {
    const { method } = request;
    const route = request.routeOptions.url;
    log.error({ method, route, code: problem.code, fault }, 'a request failed');
  }
  const { code, message, details } = problem;
  return reply.status(problem.status).send({ code, message, details });
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
