import { GatehouseError } from '@gatehouse/protocol';
import {
  CLAIM_PATH,
  ClaimRequest,
  Enrolment,
  EnrolProblem,
  PAGE_PATH,
  PageAnswer,
  PageRequest,
  RENEW_PATH,
  Renewal,
  RenewRequest,
  TENANT_PATH,
  TenantAnswer,
  TenantQuery,
} from '@gatehouse/provisioning';
import type { Credentials } from '@gatehouse/provisioning/authority';
import fastify from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { Log } from '../ports.ts';
import { storeFault } from '../store/index.ts';

const BODY_BYTES_MAX = 32 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;
/** Many more than enrol at once; those above wait in the system's queue or are turned away. */
const CONNECTIONS_MAX = 200;

/** What the enrolment endpoints ask of the fleet. */
export interface EnrolDesk {
  tenant(claim: string | undefined): Promise<TenantAnswer>;
  claim(asked: ClaimRequest): Promise<Enrolment>;
  renew(asked: RenewRequest): Promise<Renewal>;
  page(asked: PageRequest): Promise<PageAnswer>;
}

export interface EnrolServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** The HTTPS server that a device meets first; the only one that knows it by nothing but a claim. */
export async function startEnrolServer(
  desk: EnrolDesk,
  tls: Credentials,
  { host, port, log }: { host: string; port: number; log: Log },
): Promise<EnrolServer> {
  const server = fastify({
    https: { key: tls.privateKey, cert: tls.chain, noDelay: true, minVersion: 'TLSv1.2' },
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
  }).withTypeProvider<ZodTypeProvider>();
  server.server.maxConnections = CONNECTIONS_MAX;
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  server.setErrorHandler((error, _request, reply) => {
    const { status, problem } = problemOf(error);
    const cause = error instanceof Error ? error.name : 'unknown';
    if (status >= 500) log.error({ code: problem.code, cause }, 'an enrolment failed');
    return reply.status(status).send(problem);
  });
  server.setNotFoundHandler((_request, reply) =>
    reply.status(404).send({ code: 'path-unknown', message: 'There is nothing here.' }),
  );
  server.get(
    TENANT_PATH,
    { schema: { querystring: TenantQuery, response: { 200: TenantAnswer } } },
    (request) => desk.tenant(request.query.claim),
  );
  server.post(
    CLAIM_PATH,
    { schema: { body: ClaimRequest, response: { 200: Enrolment, '4xx': EnrolProblem } } },
    (request) => desk.claim(request.body),
  );
  server.post(
    RENEW_PATH,
    { schema: { body: RenewRequest, response: { 200: Renewal, '4xx': EnrolProblem } } },
    (request) => desk.renew(request.body),
  );
  server.post(
    PAGE_PATH,
    { schema: { body: PageRequest, response: { 200: PageAnswer, '4xx': EnrolProblem } } },
    (request) => desk.page(request.body),
  );
  await server.listen({ host, port });
  const address = server.server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    stop: () => server.close(),
  };
}

function problemOf(raised: unknown): { status: number; problem: EnrolProblem } {
  const error = storeFault(raised);
  if (error instanceof GatehouseError) {
    return { status: error.status, problem: { code: error.code, message: error.message } };
  }
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (hasZodFastifySchemaValidationErrors(error) || (status >= 400 && status < 500)) {
    const message = error instanceof Error ? error.message : '';
    return { status, problem: { code: 'request-invalid', message: message.slice(0, 1000) } };
  }
  return { status: 500, problem: { code: 'fault', message: 'The server has a fault.' } };
}
