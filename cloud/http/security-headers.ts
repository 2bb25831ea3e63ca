import type { FastifyInstance } from 'fastify';
import { isTls } from './cookies.ts';

const HSTS_SECONDS = 31_536_000;

/** Nothing from elsewhere, and nobody puts it into a frame. */
const CLOSED = ["frame-ancestors 'none'", "base-uri 'none'"];
const PAGE = [
  "default-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "form-action 'self'",
  ...CLOSED,
];

/** Headers of each family of pages, by how their paths begin; the first that fits. */
const FAMILIES: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  [
    '/admin/',
    {
      'content-security-policy': policy(...PAGE, "style-src 'self' 'unsafe-inline'"),
      'permissions-policy': 'geolocation=(), microphone=()',
    },
  ],
  [
    '/portal/',
    {
      'content-security-policy': policy(...PAGE, "worker-src 'self'"),
      'permissions-policy': 'camera=(), geolocation=(), microphone=(), otp-credentials=(self)',
    },
  ],
  ...['/shop/', '/account/', '/kiosk/'].map(
    (path) =>
      [
        path,
        {
          'content-security-policy': policy(...PAGE),
          'permissions-policy': 'camera=(), geolocation=(), microphone=(), otp-credentials=(self)',
        },
      ] as const,
  ),
  ['/', { 'content-security-policy': policy("default-src 'none'", ...CLOSED) }],
];

/** Answers of an API are never kept by a browser or a proxy. */
const API = /^(\/account|\/shop|\/portal|\/kiosk)?\/api\//;

/** Sets on every answer what its family of pages needs, unless its route has said otherwise. */
export function secureHeaders(server: FastifyInstance): void {
  server.addHook('onSend', async (request, reply) => {
    if (reply.statusCode === 404 && reply.getHeader('content-type') === undefined) return;
    const family = API.test(request.url) ? '/' : request.url;
    const headers = FAMILIES.find(([path]) => family.startsWith(path))?.[1] ?? {};
    const all = {
      ...headers,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      ...(isTls(request) ? { 'strict-transport-security': `max-age=${HSTS_SECONDS}` } : {}),
      ...(API.test(request.url) ? { 'cache-control': 'no-store' } : {}),
    };
    for (const [name, value] of Object.entries(all)) {
      if (!reply.hasHeader(name)) reply.header(name, value);
    }
  });
}

function policy(...directives: string[]): string {
  return directives.join('; ');
}
