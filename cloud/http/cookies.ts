import type { FastifyReply, FastifyRequest } from 'fastify';

export interface CookieRules {
  /** Without prefix: `gatehouse-guest`. */
  readonly name: string;
  readonly sameSite: 'Lax' | 'Strict';
  /** Milliseconds until the browser forgets it. */
  readonly lasts: number;
}

/** Bytes of a cookie header that are looked at; browsers send less. */
const HEADER_MAX = 8_192;

/**
 * The value of a cookie. Over TLS only one whose name begins with `__Host-` counts: no neighbour
 * in the domain and nobody on the wire could have set that.
 */
export function readCookie(request: FastifyRequest, { name }: CookieRules): string | undefined {
  const header = request.headers.cookie;
  if (header === undefined || header.length > HEADER_MAX) return undefined;
  const wanted = `${fullName(request, name)}=`;
  const found = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(wanted));
  // Twice the same name is somebody's attempt.
  return found.length === 1 ? found[0]?.slice(wanted.length) : undefined;
}

/** Gives the browser a cookie that no script reads and no other site sends; '' takes it back. */
export function setCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  { name, sameSite, lasts }: CookieRules,
  value: string,
): void {
  const seconds = value === '' ? 0 : Math.floor(lasts / 1_000);
  const parts = [
    `${fullName(request, name)}=${value}`,
    ...['Path=/', 'HttpOnly', `SameSite=${sameSite}`, `Max-Age=${seconds}`],
    ...(isTls(request) ? ['Secure'] : []),
  ];
  reply.header('set-cookie', parts.join('; '));
  reply.header('cache-control', 'no-store');
}

export function isTls(request: FastifyRequest): boolean {
  return request.protocol === 'https';
}

function fullName(request: FastifyRequest, name: string): string {
  return isTls(request) ? `__Host-${name}` : name;
}
