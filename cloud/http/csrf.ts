import type { FastifyRequest } from 'fastify';
import { httpError } from './errors.ts';
import { csrfTokenOf, isSame } from './secrets.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
export const CSRF_HEADER = 'x-csrf-token';

/** Whether a request only reads. */
export function isSafe(request: FastifyRequest): boolean {
  return SAFE.has(request.method);
}

/**
 * Refuses a change that another site's page asks for. For forms before a login, which have no
 * session to hold a token: a browser always says where such a request comes from.
 * @throws GatehouseError `origin-refused`
 */
export function checkOrigin(request: FastifyRequest): void {
  if (isSafe(request)) return;
  const { origin, 'sec-fetch-site': site } = request.headers;
  const own = `${request.protocol}://${request.host}`;
  if (origin !== undefined ? origin !== own : site !== undefined && site !== 'same-origin') {
    throw httpError('origin-refused');
  }
}

/**
 * Refuses a change by cookie that the page of that session has not asked for: origin, and the
 * token that `GET …/session` gives, in the header `x-csrf-token`.
 * @throws GatehouseError `origin-refused`, `csrf-refused`
 */
export function checkCsrf(request: FastifyRequest, session: string): void {
  if (isSafe(request)) return;
  checkOrigin(request);
  const given = request.headers[CSRF_HEADER];
  if (typeof given !== 'string' || !isSame(given, csrfTokenOf(session))) {
    throw httpError('csrf-refused');
  }
}
